import { describe, expect, it } from '@jest/globals';
import { DeploymentWorld, must } from '@apollo-deploy/orchestration/testing';
import { sharedDatabase } from '../testing/shared-database.js';

const database = sharedDatabase();

/** So many deployments that have ended, a second apart. */
const FINISHED = (count: number): string => `
  INSERT INTO deployment_history (id, service, to_version, environment, strategy, deployed_by,
    deployed_at, status, kind, wish, chart_sha256, deployed_by_kind, ended_at, queued, steps,
    targets, backup, version)
  SELECT 'done-' || n, 'web', '1.0.0', 'dev', 'rolling', 'ann',
    timestamptz '2026-01-01T00:00:00Z' + n * interval '1 second', 'completed', 'deploy',
    '{"version":"1.0.0"}', 'c', 'person', now(), false, '[]', '[]', 'none', 1
  FROM generate_series(1, ${String(count)}) AS n`;

/** Deploys 1.0.0, and then 1.1.0, which does not do well. */
async function deployBoth(world: DeploymentWorld): Promise<void> {
  await world.deploy({ version: '1.0.0', reason: 'first' });
  await world.succeed('1.0.0', 1);
  await world.lookOn();
  await world.deploy({ version: '1.1.0' });
  await world.succeed('1.1.0', 2, 'Degraded');
  await world.lookOn();
  await world.succeed('1.0.0', 3);
  await world.lookOn();
}

describe('deployments in PostgreSQL', () => {
  it('end as they do in memory, and leave the columns of the pipeline API', async () => {
    await deployBoth(await DeploymentWorld.build({}, await database.open()));
    const rows = await database.query(
      `SELECT service, from_version, to_version, environment, strategy, deployed_by, deployed_at,
         status, rollback_version, notes, duration_seconds
       FROM deployment_history ORDER BY deployed_at`,
    );
    const both = {
      ...{ service: 'aria', environment: 'dev', strategy: 'rolling' },
      deployed_by: 'dev-operator',
    };
    expect(rows).toEqual([
      {
        ...{ ...both, from_version: null, to_version: '1.0.0', status: 'completed' },
        ...{ rollback_version: null, notes: 'first (completed)', duration_seconds: 15 },
        deployed_at: new Date('2026-01-05T09:00:00Z'),
      },
      {
        ...{ ...both, from_version: '1.0.0', to_version: '1.1.0', status: 'rolled_back' },
        ...{ rollback_version: '1.0.0', duration_seconds: 7.5 },
        notes: 'rolled back: aria-dev: it was not healthy: 1.1.0 is deployed and Degraded',
        deployed_at: new Date('2026-01-05T09:00:15Z'),
      },
    ]);
  });

  it('have the columns and indexes of the pipeline API, and others besides', async () => {
    await database.open();
    const columns = await database.query(
      `SELECT column_name AS name, data_type AS type, is_nullable AS "mayBeNull", column_default AS initial
       FROM information_schema.columns WHERE table_name = 'deployment_history'`,
    );
    const is = (name: string, mayBeNull = 'NO', type = 'text', initial: string | null = null) => ({
      ...{ name, type, mayBeNull, initial },
    });
    expect(columns).toEqual(
      expect.arrayContaining([
        ...[is('id'), is('service'), is('from_version', 'YES'), is('to_version')],
        ...[is('environment'), is('strategy'), is('deployed_by')],
        is('deployed_at', 'NO', 'timestamp with time zone', 'now()'),
        ...[is('status'), is('rollback_version', 'YES'), is('notes', 'YES')],
        is('duration_seconds', 'YES', 'double precision'),
      ]),
    );
    const indexes = await database.query(
      `SELECT regexp_replace(indexdef, 'public\\.', '') AS index FROM pg_indexes
       WHERE tablename = 'deployment_history' AND indexname LIKE 'idx\\_%' ORDER BY indexname`,
    );
    const on = (name: string, column: string) => ({
      index: `CREATE INDEX ${name} ON deployment_history USING btree (${column})`,
    });
    expect(indexes).toEqual([
      on('idx_deployment_date', 'deployed_at DESC'),
      on('idx_deployment_env', 'environment'),
      on('idx_deployment_service', 'service'),
    ]);
  });

  it('are carried out once where two replicas follow them at the same time', async () => {
    const world = await DeploymentWorld.build({}, await database.open());
    const { id } = must(await world.request({ version: '1.0.0' }));
    await Promise.all([world.follow('replica-1'), world.follow('replica-2')]);
    const { id: planId } = await world.engine.lastPlan();
    expect(await world.engine.plans()).toHaveLength(1);
    // Whichever has the lease does not come back.
    await world.engine.goTo('2026-01-05T09:00:16.000Z');
    await world.succeed('1.0.0', 1);
    await world.lookOn();
    expect(await world.stored(id)).toMatchObject({
      status: 'completed',
      targets: [{ planId, looks: [{}, {}, {}] }],
    });
  });

  it('that two people ask for at once are one and the next', async () => {
    const world = await DeploymentWorld.build({}, await database.open());
    const asked = await Promise.all([
      world.request({ version: '1.0.0', onConflict: 'refuse' }),
      world.request({ version: '1.1.0', onConflict: 'refuse' }),
    ]);
    expect(asked.filter(({ ok }) => ok)).toHaveLength(1);
    expect(asked.find(({ ok }) => !ok)).toMatchObject({
      error: { code: 'deployment/in_progress' },
    });
  });

  it('are found under way among many that have ended, without reading those', async () => {
    const store = await database.open();
    const world = await DeploymentWorld.build({}, store);
    await database.query(FINISHED(5_000));
    await database.query('ANALYZE deployment_history');
    const { id } = must(await world.request({ version: '1.0.0' }));
    const plan = await database.query(
      `EXPLAIN SELECT * FROM deployment_history WHERE ended_at IS NULL AND id > '' ORDER BY id LIMIT 201`,
    );
    expect(JSON.stringify(plan)).toContain('deployment_history_under_way');
    const found = await store.transact((unit) => unit.deployments.underWay({ limit: 200 }));
    expect(found).toEqual({ items: [expect.objectContaining({ id })] });
  });
});
