import { describe, expect, it } from '@jest/globals';
import { aProblem, run } from '../testing/cli-run.js';

const RULE = {
  ...{ name: 'production', tier: 'production', requiredRoles: ['sre'], level: 1 },
  ...{ allowAuthor: false, version: 4, by: 'admin', at: '2026-03-01T11:00:00.000Z' },
};
const AT = '/api/v1/approval-rules/production';

describe('apolloctl approval-rules', () => {
  it('lists them, with what they are about', async () => {
    const two = {
      ...{ name: 'two', products: ['aria', 'base'], planTypes: ['upgrade'], level: 2 },
      ...{ requiredRoles: ['sre', 'sre'], allowAuthor: true, ttlHours: 8, version: 0 },
      escalation: { afterHours: 4, roles: ['vp-engineering'] },
    };
    const hub = { 'GET /api/v1/approval-rules': { body: { items: [RULE, two] } } };
    const ran = await run('approval-rules', { hub });
    expect(ran.out.split('\n')).toEqual([
      'NAME         LEVEL   ROLES      PEOPLE   ABOUT                  BESIDES                                                  BY        AT',
      'production   1       sre        1        production             -                                                        admin     2026-03-01T11:00:00Z',
      'two          2       sre, sre   2        upgrade · aria, base   counts 8 h; after 4 h also vp-engineering; authors too   the hub   -',
    ]);
  });

  it('makes a rule that there is not', async () => {
    const hub = {
      [`GET ${AT}`]: aProblem(404, 'approval/rule_not_found'),
      'POST /api/v1/approval-rules': { status: 201, body: RULE },
    };
    const line =
      'approval-rules set production --tier production --roles sre,product-owner --approvers 3 --ttl-hours 0.5 --escalate-after 4 --escalate-to vp-engineering --level 2 --allow-author';
    const ran = await run(line, { hub });
    expect(ran.requests.at(-1)?.body).toEqual({
      ...{ name: 'production', tier: 'production', requiredRoles: ['sre', 'product-owner'] },
      ...{ requiredApprovers: 3, ttlHours: 0.5, level: 2, allowAuthor: true },
      escalation: { afterHours: 4, roles: ['vp-engineering'] },
    });
    expect(ran).toMatchObject({
      code: 0,
      out: 'made: production: sre (1 in all), about production',
    });
  });

  it('puts a rule in the place of the one that it has seen', async () => {
    const changed = { ...RULE, tier: undefined, environment: 'prod', version: 5 };
    const hub = { [`GET ${AT}`]: { body: RULE }, [`PUT ${AT}`]: { body: changed } };
    const ran = await run('approval-rules set production --environment prod --roles sre', { hub });
    expect(ran.requests.at(-1)?.headers.get('if-match')).toBe('"4"');
    expect(ran.requests.at(-1)?.body).toEqual({ environment: 'prod', requiredRoles: ['sre'] });
    expect(ran.out.split('\n')).toEqual([
      'is: production: sre (1 in all), about prod',
      'was: production: sre (1 in all), about production',
    ]);
  });

  it('removes the rule that it has seen', async () => {
    const hub = { [`GET ${AT}`]: { body: RULE }, [`DELETE ${AT}`]: { status: 204 } };
    const ran = await run('approval-rules remove production', { hub });
    expect(ran.requests.at(-1)?.headers.get('if-match')).toBe('"4"');
    expect(ran.out).toBe('removed: production: sre (1 in all), about production');
  });

  it('does not take another refusal for a rule that there is not', async () => {
    const hub = { [`GET ${AT}`]: aProblem(403, 'http/not_allowed') };
    const ran = await run('approval-rules set production --roles sre', { hub });
    expect(ran).toMatchObject({ code: 1, asked: [`GET ${AT}`, 'GET /api/v1/me'] });
  });
});
