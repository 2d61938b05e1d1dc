import { describe, expect, it } from '@jest/globals';
import { parseHealthRules } from './parse-health-rules.js';

const CERTIFICATE = {
  ...{ group: 'certs.example.com', kind: 'Certificate' },
  progressing: [{ type: 'Issuing' }],
  failed: [{ type: 'Ready', status: 'False', reasons: ['Denied'] }],
  healthy: [{ type: 'Ready' }],
};
const LISTS = '1 to 20 conditions, each as {"type": …, "status": …, "reasons": […]}';
const ruleWith = (more: object) => ({ rules: [{ ...CERTIFICATE, ...more }] });

describe('a health rules file', () => {
  it.each([
    { name: 'none', rules: [] },
    { name: 'one', rules: [CERTIFICATE] },
    { name: 'one by which existing is enough', rules: [{ ...CERTIFICATE, healthy: [] }] },
    { name: 'one for the core group', rules: [{ ...CERTIFICATE, group: '' }] },
    {
      name: 'one kind of two groups',
      rules: [CERTIFICATE, { ...CERTIFICATE, group: 'b.example.com' }],
    },
  ])('gives its rules: $name', ({ rules }) => {
    expect(parseHealthRules(JSON.stringify({ rules }))).toEqual({ ok: true, value: rules });
  });

  it.each([
    {
      name: 'a list on its own',
      file: [CERTIFICATE],
      expected: ['the whole is not usable; give {"rules": […]} and nothing else'],
    },
    {
      name: 'no rules',
      file: {},
      expected: ['rules is missing; give a list of at most 500 rules'],
    },
    {
      name: 'another field beside the rules',
      file: { rules: [], version: 1 },
      expected: ['version is not known; give {"rules": […]} and nothing else'],
    },
    {
      name: 'rules by name',
      file: { rules: { Certificate: CERTIFICATE } },
      expected: ['rules is not usable; give a list of at most 500 rules'],
    },
    {
      name: 'a rule that is a word',
      file: { rules: ['Certificate'] },
      expected: [
        'rules[0] is not usable; give an object of group, kind, suspended, progressing, failed and healthy',
      ],
    },
    {
      name: 'a rule without a group and a kind',
      file: { rules: [{ healthy: [{ type: 'Ready' }] }] },
      expected: [
        'rules[0].group is missing; give the API group without its version, such as cert-manager.io; "" for the core group',
        'rules[0].kind is missing; give a kind as it is written in manifests, such as Certificate',
      ],
    },
    {
      name: 'a group with its version',
      file: ruleWith({ group: 'certs.example.com/v1' }),
      expected: [
        'rules[0].group is not usable; give the API group without its version, such as cert-manager.io; "" for the core group',
      ],
    },
    {
      name: 'a plural for a kind',
      file: ruleWith({ kind: 'certificates' }),
      expected: [
        'rules[0].kind is not usable; give a kind as it is written in manifests, such as Certificate',
      ],
    },
    {
      name: 'an empty list of what fails it',
      file: ruleWith({ failed: [] }),
      expected: [`rules[0].failed is not usable; give ${LISTS}`],
    },
    {
      name: 'a word for what makes it healthy',
      file: ruleWith({ healthy: 'exists' }),
      expected: [`rules[0].healthy is not usable; give ${LISTS}, or [] if existing is enough`],
    },
    {
      name: 'nothing on what makes it healthy',
      file: { rules: [{ group: '', kind: 'Service' }] },
      expected: [`rules[0].healthy is missing; give ${LISTS}, or [] if existing is enough`],
    },
    {
      name: 'a field misspelt',
      file: ruleWith({ helthy: [] }),
      expected: [
        'rules[0].helthy is not known; give an object of group, kind, suspended, progressing, failed and healthy',
      ],
    },
    {
      name: 'a condition without its type',
      file: ruleWith({ failed: [{ status: 'False' }] }),
      expected: ['rules[0].failed[0].type is missing; give the type of a condition, such as Ready'],
    },
    {
      name: 'a status as a boolean, and no reason where one is wanted',
      file: ruleWith({ failed: [{ type: 'Ready', status: false, reasons: [] }] }),
      expected: [
        'rules[0].failed[0].status is not usable; give "True", "False" or "Unknown"; without it "True" is meant',
        'rules[0].failed[0].reasons is not usable; give 1 to 50 reasons, of which the condition must have one; without it any will do',
      ],
    },
    {
      name: 'two rules for one kind',
      file: { rules: [CERTIFICATE, { ...CERTIFICATE, healthy: [{ type: 'Issued' }] }] },
      expected: [
        'rules[1] is for Certificate.certs.example.com as rules[0] is already; give one rule for each kind',
      ],
    },
  ])('says what is wrong with $name', ({ file, expected }) => {
    expect(parseHealthRules(JSON.stringify(file))).toEqual({ ok: false, error: expected });
  });

  it('says that it is not JSON, and where', () => {
    const parsed = parseHealthRules('{"rules": [');
    expect(parsed).toEqual({ ok: false, error: [expect.stringMatching(/^is not JSON \(.+\)$/)] });
  });
});
