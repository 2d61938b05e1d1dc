import { beforeEach, describe, expect, it } from '@jest/globals';
import { type ApprovalRule, DEFAULT_APPROVAL_RULES, type Plan } from '@apollo-deploy/domain';
import { setRoles } from '../people/set-roles.js';
import { EngineWorld, must, PERSON, personCalled, SUCCEEDED } from '../testing/engine-world.js';
import { OtherSpoke } from '../testing/other-spoke.js';
import { addApprovalRule, removeApprovalRule, replaceApprovalRule } from './approval-rules.js';
import { lendRoles, takeRolesBack } from './delegations.js';

// The clock stands on Monday, 5 January 2026, at 09:00.
const [PRODUCTION] = DEFAULT_APPROVAL_RULES as readonly [ApprovalRule];
const BOTH = { ...PRODUCTION, requiredRoles: ['sre', 'product-owner'] };

let world: EngineWorld;
let prod: OtherSpoke;
/** `aria` 1.0.0 runs in production, and the upgrade to 1.1.0, which is proven, waits for an sre. */
beforeEach(async () => {
  world = await EngineWorld.build();
  await world.connect();
  prod = await OtherSpoke.join(world, 'prod', 'production');
  await world.person('sre-1', 'sre');
  await world.report({});
  await world.entity({ version: '1.1.0' });
  await world.settle();
  await world.result((await world.lastPlan()).id, SUCCEEDED, { version: '1.1.0', revision: 1 });
  await prod.report({ version: '1.0.0', revision: 1 });
  await prod.want({ version: '1.1.0' });
  await world.settle();
});

async function approve(by: string, digest?: string) {
  const plan = await prod.lastPlan();
  const said = { digest: digest ?? plan.digest };
  const given = await world.engine.approvePlan(personCalled(by), plan.id, said);
  await world.settle();
  return given;
}

/** `BLOCKED: approval`, or the state alone where nothing holds it. */
async function stands(): Promise<string> {
  const { state, violations } = await prod.lastPlan();
  return [state, ...violations.map(({ code }) => code)].join(' ');
}

async function goTo(instant: string): Promise<void> {
  await world.goTo(instant);
  await prod.heard();
  await world.engine.markDue();
  await world.settle();
}

async function setRule(rule: ApprovalRule): Promise<void> {
  must(await replaceApprovalRule(world.context, PERSON, rule));
  await world.settle();
}

/** Types of events about approvals, with whom or what they tell of. */
async function told(): Promise<readonly string[]> {
  return (await world.events())
    .filter(({ type }) => /approv|rejected/.test(type))
    .map(({ type, data: { by } }) => `${type} ${typeof by === 'string' ? by : ''}`);
}

describe('a plan of production', () => {
  it('waits for an sre and goes when one has agreed, by that word', async () => {
    expect(await prod.lastPlan()).toMatchObject({
      state: 'BLOCKED',
      violations: [
        {
          code: 'approval',
          message:
            'approval rule production waits for sre (nobody has agreed yet); somebody else with sre has to approve the digest of the plan',
          data: { rule: 'production', level: 1, missing: ['sre'], missingApprovers: 1 },
        },
      ],
      waits: { on: 'approval' },
    });
    expect((await approve('sre-1')).ok).toBe(true);
    const { id, state, digest } = await prod.lastPlan();
    expect(state).toBe('EXECUTING');
    const consumed = await world.context.store.transact((unit) => unit.approvals.consumedBy([id]));
    expect(consumed).toMatchObject([
      { by: 'sre-1', roles: ['sre'], digest, consumedAt: '2026-01-05T09:00:00.000Z' },
    ]);
    expect(await told()).toEqual(['plan.approval_requested engine', 'plan.approved sre-1']);
  });

  it.each([
    { name: 'its author, who is an sre as well', by: 'dev-operator', code: 'approval/author' },
    { name: 'somebody without the role', by: 'po-1', code: 'approval/not_eligible' },
    { name: 'somebody whom nobody knows', by: 'nobody', code: 'approval/not_eligible' },
    { name: 'a machine', by: 'robot', code: 'approval/not_eligible' },
    { name: 'somebody who was disabled', by: 'gone', code: 'approval/not_eligible' },
  ])('takes no approval of $name', async ({ by, code }) => {
    await world.person('po-1', 'product-owner');
    const sre = { roles: ['sre'], grants: [], createdBy: 'admin', version: 1 } as const;
    const at = { createdAt: '2026-01-05T09:00:00.000Z' };
    await world.context.store.transact(async ({ people }) => {
      await people.insert({ name: 'dev-operator', ...sre, ...at, disabled: false });
      await people.insert({ name: 'robot', ...sre, ...at, disabled: false, machine: true });
      await people.insert({ name: 'gone', ...sre, ...at, disabled: true });
    });
    expect(await approve(by)).toMatchObject({ ok: false, error: { code } });
    expect(await stands()).toBe('BLOCKED approval');
  });

  it('takes no approval of another digest, and records nothing of it', async () => {
    const { digest } = await prod.lastPlan();
    expect(await approve('sre-1', 'f'.repeat(64))).toMatchObject({
      ok: false,
      error: { code: 'approval/digest_mismatch', data: { digest } },
    });
    expect(
      await world.context.store.transact((unit) => unit.approvals.standing([prod.entity])),
    ).toEqual([]);
  });

  it('takes no approval of what nobody wants any more, before anybody has noticed that', async () => {
    await prod.want({ version: '1.1.0' }, { replicas: 2 });
    const plan = await prod.lastPlan();
    const said = { digest: plan.digest };
    expect(await world.engine.approvePlan(personCalled('sre-1'), plan.id, said)).toMatchObject({
      ok: false,
      error: { code: 'plan/not_ready' },
    });
  });

  it('with other values is another one: the approval is gone, and asked for again', async () => {
    await world.constraint(FREEZE);
    await world.settle();
    await approve('sre-1');
    expect(await stands()).toBe('BLOCKED suppression_window');
    const before = await prod.lastPlan();
    await prod.want({ version: '1.1.0' }, { replicas: 2 });
    await world.settle();
    const after = await prod.lastPlan();
    expect(after.digest).not.toBe(before.digest);
    expect(await stands()).toBe('BLOCKED suppression_window approval');
    const asked = (await world.events()).findLast((e) => e.type === 'plan.approval_requested');
    expect(asked?.data).toMatchObject({ digest: after.digest, again: ['sre-1'] });
  });

  it('keeps its approval while the same is wanted', async () => {
    await world.constraint(FREEZE);
    await approve('sre-1');
    await world.engine.evaluateAll();
    await prod.want({ version: '1.1.0' }, {});
    await world.settle();
    expect(await stands()).toBe('BLOCKED suppression_window');
  });

  it('that a critical product is of waits for vp-engineering too', async () => {
    await world.person('vp-1', 'vp-engineering');
    await world.context.store.transact(async ({ products }) => {
      const [aria] = await products.getMany(['aria']);
      await products.save({ ...aria!, criticality: 'critical' });
    });
    await world.engine.evaluateAll();
    await approve('sre-1');
    expect(await stands()).toBe('BLOCKED approval');
    await approve('vp-1');
    expect(await stands()).toBe('EXECUTING');
  });

  it.each([
    { name: 'the one with both first', order: ['ann', 'bob'] },
    { name: 'the one with both last', order: ['bob', 'ann'] },
  ])('has two roles filled by two people: $name', async ({ order: [first = '', last = ''] }) => {
    await world.person('ann', 'sre', 'product-owner');
    await world.person('bob', 'sre');
    await setRule(BOTH);
    await approve(first);
    expect(await stands()).toBe('BLOCKED approval');
    await approve(last);
    expect(await stands()).toBe('EXECUTING');
  });

  it('is not held by rules that are about others, and goes nowhere without any', async () => {
    must(await removeApprovalRule(world.context, PERSON, 'production'));
    await world.settle();
    expect(await stands()).toBe('BLOCKED no_approval_rule');
    must(await addApprovalRule(world.context, PERSON, PRODUCTION));
    await approve('sre-1');
    expect(await stands()).toBe('EXECUTING');
  });
});

const FREEZE = {
  kind: 'suppression_window',
  scope: { environments: ['prod'] },
  spec: { start: '2026-01-05T09:00:00.000Z', end: '2026-01-06T15:00:00.000Z', reason: 'Freeze' },
};

describe('an approval', () => {
  it('that lapses before the freeze is over is announced when it is given, and does not count then', async () => {
    await world.constraint(FREEZE);
    await world.settle();
    expect(await approve('sre-1')).toMatchObject({
      ok: true,
      value: {
        lapsesUnused: [
          { expiresAt: '2026-01-06T09:00:00.000Z', opensAt: '2026-01-06T15:00:00.000Z' },
        ],
      },
    });
    expect((await prod.lastPlan()).recheckAt).toBe('2026-01-06T09:00:00.000Z');
    await goTo('2026-01-06T09:00:00.000Z');
    expect(await stands()).toBe('BLOCKED suppression_window approval');
    await goTo('2026-01-06T15:00:00.000Z');
    expect(await stands()).toBe('BLOCKED approval');
    expect(await told()).toEqual([
      'plan.approval_requested engine',
      'plan.approved sre-1',
      'plan.approval_requested engine',
    ]);
  });

  it('of somebody who loses the role before the plan goes does not count', async () => {
    await world.person('sre-2', 'sre');
    await world.constraint(FREEZE);
    await approve('sre-1');
    await world.person('sre-1');
    await goTo('2026-01-05T10:00:00.000Z');
    expect(await stands()).toBe('BLOCKED suppression_window approval');
    await world.person('sre-1', 'sre');
    await world.settle();
    expect(await stands()).toBe('BLOCKED suppression_window');
  });

  it('of somebody who has left since does not count', async () => {
    await world.person('sre-2', 'sre');
    await world.constraint(FREEZE);
    await approve('sre-1');
    const sre = { name: 'sre-1', roles: ['sre'], grants: [], disabled: true } as const;
    must(await setRoles(world.context, PERSON, sre));
    await world.settle();
    expect(await stands()).toBe('BLOCKED suppression_window approval');
  });

  it('does not count at dispatch either, where the role went without a word', async () => {
    await world.constraint(FREEZE);
    await approve('sre-1');
    await world.context.store.transact(async ({ people }) => {
      const person = (await people.get('sre-1'))!;
      await people.save({ ...person, roles: ['viewer'] });
    });
    await goTo('2026-01-06T08:00:00.000Z');
    const { id } = await prod.lastPlan();
    const sent = await world.engine.executePlan(PERSON, id);
    expect(sent).toMatchObject({ ok: false, error: { code: 'plan/not_ready' } });
    expect(await stands()).toBe('BLOCKED suppression_window gate_unsatisfiable');
  });

  it('that is taken back does not count, and nothing is taken back once the plan has gone', async () => {
    await world.constraint(FREEZE);
    await world.settle();
    await approve('sre-1');
    const { id } = await prod.lastPlan();
    const by = personCalled('sre-1');
    must(await world.engine.withdrawApproval(by, id));
    await world.settle();
    expect(await stands()).toBe('BLOCKED suppression_window approval');
    expect(await world.engine.withdrawApproval(by, id)).toMatchObject({
      error: { code: 'approval/not_given' },
    });
    await goTo('2026-01-06T15:00:00.000Z');
    await approve('sre-1');
    expect(await world.engine.withdrawApproval(by, id)).toMatchObject({
      error: { code: 'approval/too_late' },
    });
  });

  it('of a plan that other content took the place of can be taken back, and counts no more', async () => {
    await world.constraint(FREEZE);
    await approve('sre-1');
    const { id, digest } = await prod.lastPlan();
    await prod.want({ version: '1.1.0' }, { replicas: 2 });
    await world.settle();
    expect((await world.planOf(id)).state).toBe('CANCELLED');
    must(await world.engine.withdrawApproval(personCalled('sre-1'), id));
    await prod.want({ version: '1.1.0' }, {});
    await world.settle();
    expect((await prod.lastPlan()).digest).toBe(digest);
    expect(await stands()).toBe('BLOCKED suppression_window approval');
  });

  it('counts again where the plan came back untouched, and only then', async () => {
    await approve('sre-1');
    const { id, digest } = await prod.lastPlan();
    await prod.result({
      verdict: 'declined',
      reason: 'expired',
      message: 'too late',
      evidence: {},
    });
    await world.settle();
    const again = await prod.lastPlan();
    expect([again.id === id, again.digest === digest, again.state]).toEqual([
      false,
      true,
      'EXECUTING',
    ]);
    const refused = { outcome: 'refused', reason: 'Forbidden', interrupted: false } as const;
    await prod.result({ verdict: 'failed', ...refused, message: 'no', evidence: {} });
    await world.settle();
    expect(await stands()).toBe('BLOCKED automatic_suppression approval');
  });
});

describe('a no', () => {
  it('ends the plan with its reason, and its content is not proposed again', async () => {
    const { id } = await prod.lastPlan();
    const by = personCalled('sre-1');
    expect(await world.engine.rejectPlan(by, id, ' ')).toMatchObject({
      error: { code: 'catalog/invalid_field', field: 'reason' },
    });
    must(await world.engine.rejectPlan(by, id, 'Not before the fair'));
    await world.settle();
    expect(await world.planOf(id)).toMatchObject({
      state: 'CANCELLED',
      cancelReason: 'rejected',
      message: 'rejected by sre-1: Not before the fair',
    });
    expect((await prod.lastPlan()).id).toBe(id);
    expect((await world.view(prod.entity)).status).toBe('declined');
    expect(await told()).toContain('plan.rejected sre-1');
  });

  it('is not for people who are not asked', async () => {
    const { id } = await prod.lastPlan();
    expect(await world.engine.rejectPlan(PERSON, id, 'I do not like it')).toMatchObject({
      error: { code: 'approval/not_eligible' },
    });
  });
});

describe('a request', () => {
  const RULE: ApprovalRule = {
    ...PRODUCTION,
    requestTtlHours: 8,
    escalation: { afterHours: 4, roles: ['admin'] },
  };
  beforeEach(async () => {
    await world.person('boss', 'admin');
    await setRule(RULE);
  });

  it('goes to others after its time, who may then answer', async () => {
    expect(await approve('boss')).toMatchObject({ error: { code: 'approval/not_eligible' } });
    await goTo('2026-01-05T13:00:00.000Z');
    expect(await told()).toContain('plan.approval_escalated engine');
    expect((await approve('boss')).ok).toBe(true);
    expect(await stands()).toBe('EXECUTING');
  });

  it('that nobody answers ends the plan, whose content is then left alone', async () => {
    await goTo('2026-01-05T16:59:59.000Z');
    expect(await stands()).toBe('BLOCKED approval');
    await goTo('2026-01-05T17:00:00.000Z');
    expect(await prod.lastPlan()).toMatchObject({
      state: 'CANCELLED',
      cancelReason: 'approval_lapsed',
      message:
        'it was not approved within the 8 hours of approval rule production; evaluate with force to ask once more',
    });
    expect((await world.view(prod.entity)).status).toBe('declined');
    await world.engine.evaluate(PERSON, prod.entity, { force: true });
    await world.settle();
    expect(await stands()).toBe('BLOCKED approval');
  });

  it('takes no time while something else than time and people is missing', async () => {
    const { id } = await world.constraint({
      kind: 'rule',
      spec: { message: 'wait', when: { fact: 'product.name', operator: 'ne', value: 'aria' } },
    });
    await world.settle();
    await goTo('2026-01-07T09:00:00.000Z');
    expect(await stands()).toBe('BLOCKED rule approval');
    await world.context.store.transact((unit) => unit.constraints.remove(id));
    await goTo('2026-01-07T16:59:59.000Z');
    await world.engine.evaluateAll();
    expect(await stands()).toBe('BLOCKED approval');
  });
});

describe('roles that are lent', () => {
  it('count from their beginning to their end, and until they are taken back', async () => {
    await world.person('dan', 'viewer');
    await world.constraint(FREEZE);
    await world.settle();
    const lent = await lendRoles(world.context, personCalled('sre-1'), {
      ...{ to: 'dan', roles: ['sre'], scope: { environment: 'prod' } },
      until: '2026-01-05T12:00:00.000Z',
    });
    expect((await approve('dan')).ok).toBe(true);
    expect(await stands()).toBe('BLOCKED suppression_window');
    await goTo('2026-01-05T12:00:00.000Z');
    expect(await stands()).toBe('BLOCKED suppression_window approval');
    must(await takeRolesBack(world.context, personCalled('sre-1'), must(lent).id));
  });

  it.each([
    { name: 'are not the giver’s', by: 'dan', to: 'sre-1', code: 'approval/delegation_too_wide' },
    { name: 'go to nobody', by: 'sre-1', to: 'nobody', code: 'catalog/invalid_field' },
    { name: 'go to the giver', by: 'sre-1', to: 'sre-1', code: 'catalog/invalid_field' },
  ])('are refused where they $name', async ({ by, to, code }) => {
    await world.person('dan', 'viewer');
    const given = { to, roles: ['sre'], scope: {}, until: '2026-01-06T00:00:00.000Z' };
    expect(await lendRoles(world.context, personCalled(by), given)).toMatchObject({
      ok: false,
      error: { code },
    });
  });
});

describe('who lends', () => {
  const lend = (giver: string) =>
    lendRoles(world.context, personCalled(giver), {
      ...{ to: 'dan', roles: ['viewer'], scope: {}, until: '2026-01-05T12:00:00.000Z' },
    });

  it('does so fifty times at once, until one has ended', async () => {
    for (const name of ['dan', 'eve', 'fay']) await world.person(name, 'viewer');
    const { id } = must(await lend('eve'));
    for (let each = 2; each <= 50; each += 1) must(await lend('eve'));
    expect(await lend('eve')).toMatchObject({
      ok: false,
      error: { code: 'approval/too_many_delegations', data: { most: 50 } },
    });
    expect((await lend('fay')).ok).toBe(true);
    must(await takeRolesBack(world.context, personCalled('eve'), id));
    expect((await lend('eve')).ok).toBe(true);
    await goTo('2026-01-05T12:00:00.000Z');
    expect(await lend('eve')).toMatchObject({ error: { code: 'catalog/invalid_field' } });
  });
});

describe('a change of rules', () => {
  it('takes back what was offered and nobody has claimed, if it asks for more', async () => {
    await approve('sre-1');
    const { id } = await prod.lastPlan();
    await setRule(BOTH);
    const sent = await world.context.store.transact((unit) => unit.outbox.pending(['prod']));
    expect(sent.map(({ type, planId }) => [type, planId])).toEqual([
      ['plan.offer', id],
      ['plan.cancel', id],
    ]);
  });

  it('is refused to who has not seen the rule as it is', async () => {
    must(await replaceApprovalRule(world.context, PERSON, BOTH, 0));
    for (const version of [0, 2]) {
      expect(await replaceApprovalRule(world.context, PERSON, BOTH, version)).toMatchObject({
        error: { code: 'catalog/version_conflict' },
      });
    }
    expect(await addApprovalRule(world.context, PERSON, PRODUCTION)).toMatchObject({
      error: { code: 'catalog/already_exists' },
    });
    expect(await removeApprovalRule(world.context, PERSON, 'unheard-of')).toMatchObject({
      error: { code: 'approval/rule_not_found' },
    });
  });
});

describe('what is seen of a plan', () => {
  const seen = async (plan: Plan) => (await world.engine.withApprovals([plan]))[0]?.approval;

  it('is who is asked and who has agreed, before and after it went', async () => {
    await world.constraint(FREEZE);
    await world.settle();
    await approve('sre-1');
    expect(await seen(await prod.lastPlan())).toMatchObject({
      required: true,
      satisfied: true,
      gates: [{ rule: { name: 'production' }, satisfied: true, missing: [], satisfiable: true }],
      approvals: [{ by: 'sre-1', expiresAt: '2026-01-06T09:00:00.000Z' }],
    });
    await goTo('2026-01-06T15:00:00.000Z');
    await approve('sre-1');
    expect(await seen(await prod.lastPlan())).toMatchObject({
      required: true,
      satisfied: true,
      gates: [],
      approvals: [{ by: 'sre-1' }, { by: 'sre-1' }],
    });
    expect(await seen((await world.plans())[0]!)).toEqual({
      ...{ required: false, satisfied: true, gates: [], approvals: [] },
    });
  });

  it('says when it can go: never by time alone while people are missing', async () => {
    await world.constraint(FREEZE);
    await world.settle();
    const { id } = await prod.lastPlan();
    const waiting = must(await world.engine.explain(id));
    expect(waiting.unmet.map(({ code }) => code)).toEqual(['suppression_window', 'approval']);
    expect(waiting).not.toHaveProperty('earliestAt');
    await setRule({ ...PRODUCTION, ttlHours: 48 });
    await approve('sre-1');
    expect(must(await world.engine.explain(id)).earliestAt).toBe('2026-01-06T15:00:00.000Z');
  });
});
