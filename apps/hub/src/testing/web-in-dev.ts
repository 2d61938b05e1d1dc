import {
  type Context,
  openSession,
  recordFullState,
  type ReleaseReportBody,
  type SpokeSession,
} from '@apollo-deploy/orchestration';
import { admitted, HELLO, joinedSpoke, must } from '@apollo-deploy/orchestration/testing';
import { UlidIds } from '../platform/ulid-ids.js';
import { aChart } from './chart-archive.js';
import type { TestHub } from './test-hub.js';

/** Product `web` with release 1.4.2 in channel `dev`, and spoke `dev-1`, which has reported these releases. */
export async function webInDev(
  hub: TestHub,
  releases: readonly ReleaseReportBody[],
): Promise<{ readonly context: Context; readonly session: SpokeSession }> {
  await hub.post('/api/v1/environments', { name: 'dev', tier: 'development' });
  await hub.post('/api/v1/products', { name: 'web', criticality: 'low' });
  await hub.release({ product: 'web', version: '1.4.2' }, await aChart('web', '1.4.2'));
  await hub.post('/api/v1/channels/dev/releases', { product: 'web', version: '1.4.2' });
  const { store, clock } = hub;
  const context: Context = { store, clock, ids: new UlidIds(), startedAt: new Date(0) };
  await joinedSpoke(context, { spoke: 'dev-1', environment: 'dev' });
  const session = must(await openSession(context, admitted('dev-1'), HELLO));
  must(await recordFullState(context, session, { generation: 1, releases }));
  return { context, session };
}
