import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ApprovalRule, Plan } from '@apollo-deploy/domain';
import { addApprovalRule } from '../approvals/approval-rules.js';
import {
  EngineWorld,
  failed,
  HELLO,
  must,
  PERSON,
  personCalled,
  SUCCEEDED,
} from '../testing/engine-world.js';
import { NotingSigner } from '../testing/noting-signer.js';
import { OrchestrationEngine } from './orchestration-engine.js';

const RULE: ApprovalRule = {
  ...{ name: 'upgrades', tier: 'development', requiredRoles: ['sre'], ttlHours: 24 },
  ...{ level: 1, allowAuthor: false, planTypes: ['upgrade'] },
};
const VALUES = { replicas: 2 };

describe('the approvals in the offer of a plan', () => {
  let world: EngineWorld;
  let signer: NotingSigner;
  let engine: OrchestrationEngine;
  /** 1.0.0 SUCCEEDED, and the upgrade to 1.1.0 has gone out by the word of `sre-2`. */
  beforeEach(async () => {
    world = await EngineWorld.build();
    signer = new NotingSigner();
    const onBug = (entity: string): number => world.bugs.push(entity);
    engine = new OrchestrationEngine({ ...world.context, signer }, onBug);
    await world.person('sre-1', 'sre');
    await world.person('sre-2', 'sre');
    must(await addApprovalRule(world.context, PERSON, RULE));
    await world.connect({ capabilities: [...HELLO.capabilities, 'signed_plans'] });
    await world.report({});
    await world.entity({ channel: 'dev' }, VALUES);
    await settle();
    await ends(SUCCEEDED, { version: '1.0.0', revision: 1 });
    await world.release('1.1.0');
    await settle();
    await approvedBy('sre-2');
  });

  async function settle(): Promise<void> {
    while ((await engine.drainOnce()) > 0);
  }

  async function approvedBy(name: string): Promise<void> {
    const { id, digest } = await world.lastPlan();
    must(await engine.approvePlan(personCalled(name), id, { digest }));
    await settle();
  }

  async function ends(
    result: Parameters<EngineWorld['result']>[1],
    seen: Pick<NonNullable<Parameters<EngineWorld['result']>[2]>, 'version' | 'revision'>,
  ): Promise<void> {
    await world.result((await world.lastPlan()).id, result, { ...seen, values: VALUES });
    await settle();
  }

  async function pinnedBack(): Promise<Plan> {
    await ends(SUCCEEDED, { version: '1.1.0', revision: 2 });
    await world.entity({ version: '1.0.0' }, VALUES);
    await settle();
    return world.lastPlan();
  }

  /** Who approved which digest, of what was signed last, and whose content it shows. */
  function shown(): unknown {
    const { planId, approvals, rollbackOf } = signer.signed.at(-1) ?? {};
    return { planId, approvals, rollbackOf };
  }

  const said = (by: string, digest: string) => ({
    ...{ by, roles: ['sre'], at: '2026-01-05T09:00:00.000Z', digest },
  });

  it('are those of its content', async () => {
    const { id: planId, digest } = await world.lastPlan();
    expect(shown()).toEqual({ planId, approvals: [said('sre-2', digest)], rollbackOf: undefined });
  });

  it('are none of the plan that a rollback takes back because a person asked for it', async () => {
    const { id: planId, type, state } = await pinnedBack();
    expect([type, state]).toEqual(['rollback', 'EXECUTING']);
    expect(shown()).toEqual({ planId, approvals: [], rollbackOf: undefined });
  });

  it('are its own where a rule names rollbacks', async () => {
    const rule: ApprovalRule = { ...RULE, name: 'rollbacks', planTypes: ['rollback'] };
    must(await addApprovalRule(world.context, PERSON, rule));
    await pinnedBack();
    await approvedBy('sre-1');
    const { id: planId, digest, state } = await world.lastPlan();
    expect(state).toBe('EXECUTING');
    expect(shown()).toEqual({ planId, approvals: [said('sre-1', digest)], rollbackOf: undefined });
  });

  it('are those of the plan that an automatic rollback takes back, which it shows', async () => {
    const { id, digest, content } = await world.lastPlan();
    await ends(failed('unhealthy'), { version: '1.1.0', revision: 2 });
    const back = await world.lastPlan();
    expect(back.planClass).toBe('automatic_rollback');
    expect(shown()).toEqual({
      planId: back.id,
      approvals: [said('sre-2', digest)],
      rollbackOf: { planId: id, content: { ...content }, digest },
    });
  });
});
