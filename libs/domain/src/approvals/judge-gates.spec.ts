import { describe, expect, it } from '@jest/globals';
import {
  aDelegation,
  anApproval,
  aRule,
  NOON,
  PEOPLE,
  someApprovalFacts,
} from '../testing/approvals.js';
import type { ApprovalRule } from './approval-rule.js';
import { askAgain } from './ask-again.js';
import { authorsOf } from './authors.js';
import { judgeGates } from './judge-gates.js';

type Facts = Parameters<typeof someApprovalFacts>[0];

function judge(rules: readonly ApprovalRule[], facts: Facts, escalated = false) {
  return judgeGates(rules, someApprovalFacts(facts), () => escalated);
}

const messages = (rules: readonly ApprovalRule[], facts: Facts) =>
  judge(rules, facts).violations.map(({ code, message }) => `${code}: ${message}`);

const approvedBy = (...names: readonly string[]) => names.map((name) => anApproval(name));
const BOTH = aRule({ name: 'both', requiredRoles: ['sre', 'product-owner'] });
const SRE = aRule({ ttlHours: 24 });

describe('the gates of a plan', () => {
  it('want each rule met by itself: two of operations are not two of security', () => {
    const rules = [
      aRule({ name: 'operations', requiredRoles: ['ops'] }),
      aRule({ name: 'security', requiredRoles: ['security', 'security'] }),
    ];
    const people = ['ops', 'security'].flatMap((role) => [
      { name: `${role}-1`, roles: [role] },
      { name: `${role}-2`, roles: [role] },
    ]);
    const met = (...names: readonly string[]) => {
      const { satisfied, gates } = judge(rules, { people, approvals: approvedBy(...names) });
      return { satisfied, gates: gates.map((gate) => gate.satisfied) };
    };
    expect(met('ops-1', 'ops-2')).toEqual({ satisfied: false, gates: [true, false] });
    expect(met('ops-1', 'security-1')).toEqual({ satisfied: false, gates: [true, false] });
    expect(met('security-1', 'security-2')).toEqual({ satisfied: false, gates: [false, true] });
    expect(met('security-1', 'ops-2', 'security-2')).toEqual({
      satisfied: true,
      gates: [true, true],
    });
  });

  it('are met by whoever comes, in whatever order', () => {
    expect(judge([BOTH], { approvals: approvedBy('ann', 'bob') }).satisfied).toBe(true);
    expect(judge([BOTH], { approvals: approvedBy('bob', 'ann') }).satisfied).toBe(true);
    expect(judge([BOTH], { approvals: approvedBy('ann') }).satisfied).toBe(false);
    expect(judge([BOTH], { approvals: approvedBy('ann', 'ann') }).satisfied).toBe(false);
  });

  it.each([
    { name: 'whoever has a role that is wanted', facts: {}, candidates: ['ann', 'bob', 'cy'] },
    {
      name: 'nobody who agreed already',
      facts: { approvals: approvedBy('bob') },
      candidates: ['ann', 'cy'],
    },
    {
      name: 'nobody whose role is filled, whoever fills it',
      facts: { approvals: approvedBy('cy') },
      candidates: ['ann', 'bob'],
    },
    {
      name: 'no author',
      facts: { authors: authorsOf({ desired: 'bob' }) },
      candidates: ['ann', 'cy'],
    },
    {
      name: 'who was lent a role',
      facts: { delegations: [aDelegation()] },
      candidates: ['ann', 'bob', 'cy', 'dan'],
    },
    {
      name: 'nobody once it is met',
      facts: { approvals: approvedBy('ann', 'bob') },
      candidates: [],
    },
  ])('name who could bring them further: $name', ({ facts, candidates }) => {
    expect(judge([BOTH], facts).gates[0]?.candidates).toEqual(candidates);
  });

  it('open one level after the other', () => {
    const rules = [
      aRule({ name: 'first' }),
      aRule({ name: 'second', level: 2, requiredRoles: ['product-owner'] }),
      aRule({ name: 'third', level: 3, requiredApprovers: 2, requiredRoles: [] }),
    ];
    const state = (...names: readonly string[]) =>
      judge(rules, { approvals: approvedBy(...names) }).gates.map(({ open, satisfied }) =>
        satisfied ? 'met' : open ? 'open' : 'shut',
      );
    expect(state()).toEqual(['open', 'shut', 'shut']);
    expect(state('cy')).toEqual(['open', 'shut', 'shut']);
    expect(state('bob')).toEqual(['met', 'open', 'shut']);
    expect(state('bob', 'cy')).toEqual(['met', 'met', 'met']);
  });

  it('say what each of them waits for, and who can help', () => {
    const third = aRule({ name: 'third', requiredRoles: ['sre'], requiredApprovers: 3 });
    const second = aRule({ name: 'second', level: 2, requiredRoles: ['product-owner'] });
    expect(messages([BOTH, third, second], { approvals: approvedBy('ann') })).toEqual([
      'approval: approval rule both waits for product-owner (ann agreed); somebody else with sre or product-owner has to approve the digest of the plan',
      'approval: approval rule third waits for 2 more people (ann agreed); anybody else has to approve the digest of the plan',
      'approval: approval rule second has the approvals that it needs; it opens once all rules below level 2 are met',
    ]);
    expect(messages([SRE, second], {})).toEqual([
      'approval: approval rule reliability waits for sre (nobody has agreed yet); somebody else with sre has to approve the digest of the plan',
      'approval: approval rule second waits for product-owner; it opens once all rules below level 2 are met',
    ]);
  });

  it('do not hold before the instant that the rule names, and say when to look again', () => {
    const rule = aRule({ notBefore: '2026-03-02T12:00:00.001Z' });
    const given = { approvals: approvedBy('bob') };
    expect(judge([rule], given).violations).toEqual([
      {
        code: 'approval',
        message: 'approval rule reliability is met and holds from 2026-03-02T12:00:00.001Z on',
        data: { rule: 'reliability', level: 1, missing: [], missingApprovers: 0 },
        recheckAt: '2026-03-02T12:00:00.001Z',
      },
    ]);
    expect(judge([aRule({ notBefore: NOON })], given).satisfied).toBe(true);
    expect(judge([rule], {}).violations[0]).not.toHaveProperty('recheckAt');
  });
});

describe('an approval', () => {
  it.each([
    {
      name: 'was given for other content',
      facts: { approvals: [anApproval('bob', { digest: 'digest-0' })] },
      because: 'other_digest',
      saying:
        'bob approved other content than what would run now; bob has to look at it and approve again',
    },
    {
      name: 'has lapsed this very instant',
      facts: { approvals: [anApproval('bob', { at: '2026-03-01T12:00:00.000Z' })] },
      because: 'lapsed',
      saying:
        'the approval of bob lapsed at 2026-03-02T12:00:00.000Z by rule reliability; bob has to approve again',
    },
    {
      name: 'is what a plan went by',
      facts: { approvals: [anApproval('bob', { consumedAt: '2026-03-02T11:30:00.000Z' })] },
      because: 'consumed',
      saying:
        'a plan went by the approval of bob at 2026-03-02T11:30:00.000Z; another one takes another approval',
    },
    {
      name: 'is by somebody who has left',
      facts: { approvals: approvedBy('eve') },
      because: 'unknown_person',
      saying: 'eve is not known to this hub any more; somebody else has to approve',
    },
    {
      name: 'is by an author',
      facts: { approvals: approvedBy('bob'), authors: authorsOf({ desired: 'bob' }) },
      because: 'author',
      saying:
        'bob last edited what is desired, and authors do not count for rule reliability; somebody else has to approve',
    },
  ])('does not count where it $name', ({ facts, because, saying }) => {
    const { satisfied, gates } = judge([SRE], facts);
    expect(satisfied).toBe(false);
    expect(gates[0]?.setAside).toEqual([{ by: facts.approvals[0]?.by, because, message: saying }]);
  });

  it('counts up to the instant at which it lapses', () => {
    const approvals = [anApproval('bob', { at: '2026-03-01T12:00:00.001Z' })];
    expect(judge([SRE], { approvals }).gates[0]?.approvers).toEqual([
      { name: 'bob', roles: ['sre'], expiresAt: '2026-03-02T12:00:00.001Z' },
    ]);
  });

  it('may have lapsed by one rule and count by another', () => {
    const approvals = [anApproval('bob', { at: '2026-03-01T12:00:00.000Z' })];
    const { gates } = judge([SRE, aRule({ name: 'lasting' })], { approvals });
    expect(gates.map(({ satisfied }) => satisfied)).toEqual([false, true]);
  });

  it('stops to count with the role of who gave it, whatever the role was then', () => {
    const approvals = [anApproval('bob', { roles: ['sre'] })];
    const people = PEOPLE.map((one) => (one.name === 'bob' ? { ...one, roles: [] } : one));
    expect(judge([SRE], { approvals }).satisfied).toBe(true);
    expect(judge([SRE], { approvals, people }).satisfied).toBe(false);
  });

  it('leaves no older one behind when it is taken back', () => {
    const again = anApproval('bob', { at: '2026-03-02T11:30:00.000Z', withdrawnAt: NOON });
    const approvals = [anApproval('bob'), again];
    expect(judge([SRE], { approvals }).satisfied).toBe(false);
    expect(judge([SRE], { approvals: [...approvals].reverse() }).satisfied).toBe(false);
  });

  it('does not count where it was taken back at the very instant at which it was given again', () => {
    const approvals = [anApproval('bob', { withdrawnAt: NOON }), anApproval('bob')];
    expect(judge([SRE], { approvals }).satisfied).toBe(false);
    expect(judge([SRE], { approvals: [...approvals].reverse() }).satisfied).toBe(false);
  });

  it('counts for the same content, although there was other content in between', () => {
    const approvals = [
      anApproval('bob'),
      anApproval('bob', { digest: 'digest-2', at: '2026-03-02T11:30:00.000Z' }),
    ];
    expect(judge([SRE], { approvals }).satisfied).toBe(true);
  });
});

describe('an author', () => {
  const everything = { release: 'ann', channel: 'bob', desired: 'cy', edited: ['dan'] };

  it.each([
    { source: 'release', by: 'ann' },
    { source: 'channel', by: 'bob' },
    { source: 'desired', by: 'cy' },
    { source: 'earlier edits', by: 'dan' },
  ])('is who stands behind the $source', ({ by }) => {
    const rule = aRule({ requiredRoles: [] });
    const given = { approvals: approvedBy(by) };
    expect(judge([rule], given).satisfied).toBe(true);
    expect(judge([rule], { ...given, authors: authorsOf(everything) }).satisfied).toBe(false);
  });

  it('is refused although a bot opened the plan', () => {
    const authors = authorsOf({ release: 'ann', channel: 'ci-bot', desired: 'ci-bot' });
    const { gates } = judge([SRE], { approvals: approvedBy('ann'), authors });
    expect(gates[0]?.setAside[0]?.message).toBe(
      'ann made the release, and authors do not count for rule reliability; somebody else has to approve',
    );
  });

  it('counts where the rule allows it, for that rule alone', () => {
    const rules = [aRule({ name: 'lenient', allowAuthor: true }), aRule({ name: 'strict' })];
    const authors = authorsOf({ release: 'bob' });
    const { gates } = judge(rules, { approvals: approvedBy('bob'), authors });
    expect(gates.map(({ satisfied }) => satisfied)).toEqual([true, false]);
  });

  it('lends nothing to somebody who would approve in the place of the author', () => {
    const given = { approvals: approvedBy('dan'), delegations: [aDelegation()] };
    expect(judge([SRE], given).satisfied).toBe(true);
    expect(judge([SRE], { ...given, authors: authorsOf({ desired: 'bob' }) }).satisfied).toBe(
      false,
    );
  });
});

describe('a gate that nobody can meet', () => {
  it('says at once whom it lacks', () => {
    const people = PEOPLE.filter(({ name }) => name === 'ann');
    expect(judge([BOTH], { people, approvals: approvedBy('ann') }).violations).toEqual([
      {
        code: 'gate_unsatisfiable',
        message:
          'approval rule both cannot be met: nobody is left for product-owner; give somebody else the role or change the rule',
        data: { rule: 'both', level: 1, lacks: { roles: ['product-owner'], people: 1 } },
      },
    ]);
  });

  it('names the authors that it leaves out', () => {
    const authors = authorsOf({ release: 'ann', desired: 'ann', edited: ['cy'] });
    expect(messages([BOTH], { authors })).toEqual([
      'gate_unsatisfiable: approval rule both cannot be met: nobody is left for product-owner (left out as authors: ann made the release and last edited what is desired; cy edited what is desired since it last went); give somebody else the role or change the rule',
    ]);
  });

  it('says how many people are too few', () => {
    const many = aRule({ name: 'many', requiredRoles: [], requiredApprovers: 6 });
    expect(messages([many], {})).toEqual([
      'gate_unsatisfiable: approval rule many cannot be met: it takes 2 more people than may approve; let more people approve or change the rule',
    ]);
  });

  it('is told of also while it is not open yet', () => {
    const vp = aRule({ name: 'vp', level: 2, requiredRoles: ['vp-engineering'] });
    expect(judge([SRE, vp], {}).violations.map(({ code }) => code)).toEqual([
      'approval',
      'gate_unsatisfiable',
    ]);
  });

  it('is not one that others may answer once it is escalated', () => {
    const rule = aRule({
      requiredRoles: ['vp-engineering'],
      escalation: { afterHours: 4, roles: ['sre'] },
    });
    const given = { approvals: approvedBy('bob') };
    expect(judge([rule], given).gates[0]).toMatchObject({ satisfied: false, satisfiable: true });
    expect(judge([rule], given, true).satisfied).toBe(true);
    expect(judge([rule], {}, true).satisfied).toBe(false);
  });
});

describe('who is asked again', () => {
  it('has approved what changed or lapsed, and is lacked', () => {
    const approvals = [
      anApproval('cy', { digest: 'digest-0' }),
      anApproval('bob', { at: '2026-02-01T00:00:00.000Z' }),
      anApproval('ann', { digest: 'digest-0', withdrawnAt: NOON }),
    ];
    const rule = aRule({ ttlHours: 24, requiredRoles: ['sre', 'product-owner'] });
    const again = (more: typeof approvals) =>
      askAgain(judge([rule], { approvals: [...approvals, ...more] })).map(({ by, because }) => [
        ...[by, because],
      ]);
    expect(again([])).toEqual([
      ['bob', 'lapsed'],
      ['cy', 'other_digest'],
    ]);
    expect(again([anApproval('cy')])).toEqual([['bob', 'lapsed']]);
    expect(again([anApproval('cy'), anApproval('ann')])).toEqual([]);
  });
});
