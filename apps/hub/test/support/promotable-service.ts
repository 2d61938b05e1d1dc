import type { Tier } from '@apollo-deploy/domain';
import { sha256Hex } from '@apollo-deploy/kernel';
import {
  type Context,
  createEnvironment,
  createProduct,
  openSession,
  type Principal,
  putEntity,
  recordFullState,
  registerRelease,
} from '@apollo-deploy/orchestration';
import {
  admitted,
  HELLO,
  joinedSpoke,
  must,
  releaseReport,
} from '@apollo-deploy/orchestration/testing';

const PERSON: Principal = { kind: 'person', name: 'dev-operator', roles: [] };
const PLACES: readonly (readonly [string, Tier])[] = [
  ['lab', 'development'],
  ['live', 'production'],
];

/**
 * A service `pay` that runs 1.0.0, Healthy and proven, in `lab`, and may be promoted to `live`, where
 * nothing runs; 0.9.0 is registered as well. Each has a spoke of its name.
 */
export async function promotableService(context: Context): Promise<void> {
  must(await createProduct(context, PERSON, { name: 'pay', criticality: 'low' }));
  for (const version of ['0.9.0', '1.0.0']) {
    const bytes = new TextEncoder().encode(`pay ${version}`);
    const chart = { name: 'pay', version, sha256: sha256Hex(bytes), size: bytes.length };
    const release = { product: 'pay', version, chart, bytes, dependencies: [] };
    must(await registerRelease(context, PERSON, release));
  }
  for (const [name, tier] of PLACES) {
    must(await createEnvironment(context, PERSON, { name, tier, execution: 'manual' }));
    await joinedSpoke(context, { spoke: name, environment: name });
    const session = must(await openSession(context, admitted(name), HELLO));
    const runs = tier === 'development' ? [releaseReport('pay', RUNNING)] : [];
    must(await recordFullState(context, session, { generation: 1, releases: runs }));
  }
  const place = { name: 'pay-lab', spoke: 'lab', product: 'pay', namespace: 'aria' };
  must(await putEntity(context, PERSON, { ...place, desired: { version: '1.0.0' } }));
  const since = context.clock.now().toISOString();
  await context.store.transact((unit) =>
    unit.runs.put([
      {
        ...{ entity: 'pay-lab', product: 'pay', spoke: 'lab', environment: 'lab' },
        ...{ tier: 'development', version: '1.0.0', planId: 'plan-lab', healthyMs: 0 },
        chartSha256: sha256Hex(new TextEncoder().encode('pay 1.0.0')),
        ...{ provenAt: since, healthySince: since },
      },
    ]),
  );
}

const RUNNING = { version: '1.0.0', revision: 1 } as const;
