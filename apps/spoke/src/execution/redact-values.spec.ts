import type { Json } from '@apollo-deploy/kernel';
import { describe, expect, it } from '@jest/globals';
import { anOffer } from '../testing/plan-offers.js';
import { redactorOf } from './redact-values.js';
import { refused } from './verdicts.js';

const SECRET = 'CANARYLEAK55';
const NAME = '<value of db.password>';

function said(values: Record<string, Json>, text: string): string {
  return redactorOf(anOffer({ values })).text(text);
}

describe('what is said about a plan', () => {
  it.each([
    {
      name: 'a schema that the values do not meet',
      text: `- at '/db/password': '${SECRET}' does not match pattern '^[0-9]+$'`,
      expected: `- at '/db/password': '${NAME}' does not match pattern '^[0-9]+$'`,
    },
    {
      name: 'a template that fails with the value',
      text: `execution error at (web/templates/a.yaml:1:3): bad ${SECRET}`,
      expected: `execution error at (web/templates/a.yaml:1:3): bad ${NAME}`,
    },
    {
      name: 'a field of the wrong type',
      text: `.stringData.p: expected string, got &value.valueUnstructured{Value:[]interface {}{"${SECRET}"}}`,
      expected: `.stringData.p: expected string, got &value.valueUnstructured{Value:[]interface {}{"${NAME}"}}`,
    },
    {
      name: 'a container whose variable has the wrong type',
      text: `.spec.template.spec.containers[name="c"].env[name="P"].value: expected string, got [${SECRET}]`,
      expected: `.spec.template.spec.containers[name="c"].env[name="P"].value: expected string, got [${NAME}]`,
    },
    {
      name: 'base64 of a longer text that holds it',
      text: Buffer.from(`{"auth":"${SECRET}"}`).toString('base64'),
      expected: expect.stringMatching(/^eyJhdXRoIjoi?<value of db\.password>/),
    },
    {
      name: 'a word that holds it',
      text: `postgres://app:${SECRET}@db`,
      expected: `postgres://app:${NAME}@db`,
    },
    {
      name: 'an output whose beginning was cut off',
      text: 'LEAK55 is no number\n',
      expected: `${NAME} is no number\n`,
    },
    {
      name: 'a message whose middle was left out',
      text: 'the password CANARYL … LEAK55 is no number',
      expected: 'the password CANARYL … LEAK55 is no number',
    },
  ])('does not tell the value in $name', ({ text, expected }) => {
    expect(said({ db: { password: SECRET } }, text)).toEqual(expected);
  });

  it.each([
    { name: 'quotes, in JSON', secret: 'pa"ss\\wd', text: 'got "pa\\"ss\\\\wd"' },
    { name: 'markup, in the JSON of Go', secret: 'pa<ss>&wd', text: 'pa\\u003css\\u003e\\u0026wd' },
    { name: 'a URL', secret: 'pa/ss?wd', text: 'redis://pa%2Fss%3Fwd@redis' },
    {
      name: 'several lines, of which one is quoted',
      secret: 'BEGIN KEY\nMIIEvQIB\n',
      text: 'at MIIEvQIB',
    },
    { name: 'a number', secret: 12345678, text: 'pin 12345678 is too long' },
    { name: 'a number as Go writes it', secret: 12345678, text: 'pin 1.2345678e+07 is too long' },
  ])('does not tell a value with $name', ({ secret, text }) => {
    const told = said({ list: [{ it: secret }] }, text);
    expect(told).toContain('<value of list.0.it>');
    expect(told).not.toMatch(/ss|MIIE|345678/);
  });

  it.each([
    { name: 'short values', values: { a: 'debug', b: 8080, c: true } },
    {
      name: 'the release, chart and spoke, which the plan tells anyway',
      values: { name: 'web-shop' },
    },
    { name: 'longer words around a number', values: { a: 123456 } },
  ])('keeps $name', ({ values }) => {
    const text = 'web-shop: debug on 8080 with digest a123456b is true';
    expect(redactorOf(anOffer({ values, release: 'web-shop' })).text(text)).toBe(text);
  });

  it('hides values that overlap, and a value within a path', () => {
    const values = { one: 'abcdefgh', two: 'efghijkl', three: 'value of' };
    expect(said(values, 'x abcdefghijkl y')).toBe('x <value of one> y');
  });

  it('is without values in a verdict, its evidence and the findings in that', () => {
    const redact = redactorOf(anOffer({ values: { password: SECRET } }));
    const evidence = { commands: [{ stderr: `Error: ${SECRET}`, exitCode: 1 }], log: SECRET };
    expect(redact.verdict(refused('helm/said_no', `no: ${SECRET}`, evidence))).toEqual({
      ...{ verdict: 'failed', outcome: 'refused', reason: 'helm/said_no', interrupted: false },
      message: 'no: <value of password>',
      evidence: {
        commands: [{ stderr: 'Error: <value of password>', exitCode: 1 }],
        log: '<value of password>',
      },
    });
  });
});
