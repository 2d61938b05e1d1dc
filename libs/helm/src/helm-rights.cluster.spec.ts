import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { boundTo, type PolicyRule } from './testing/bound-account.js';
import { HelmClusterBench } from './testing/helm-cluster-bench.js';
import { hookManifest, OperatorBench } from './testing/operator-bench.js';
import type { ReleaseOperation } from './release-operation.js';

const benches = { 3: new HelmClusterBench(3), 4: new HelmClusterBench(4) } as const;
afterAll(() => Promise.all([benches[3].close(), benches[4].close()]));

type Verbs = Readonly<Record<'secrets' | 'configmaps' | 'jobs', readonly string[]>>;
const ENOUGH: Verbs = {
  secrets: ['get', 'list', 'create', 'update', 'delete'],
  configmaps: ['get', 'create', 'patch', 'delete'],
  jobs: ['get', 'create', 'patch', 'delete', 'watch'],
};
const without = (kind: keyof Verbs, ...verbs: string[]): Verbs => ({
  ...ENOUGH,
  [kind]: ENOUGH[kind].filter((verb) => !verbs.includes(verb)),
});
const rulesOf = (verbs: Verbs): PolicyRule[] =>
  Object.entries(verbs).map(([kind, granted]) => ({
    apiGroups: [kind === 'jobs' ? 'batch' : ''],
    resources: [kind],
    verbs: granted,
  }));

describe.each([{ major: 3 }, { major: 4 }] as const)('an account, Helm $major,', ({ major }) => {
  let web: OperatorBench;
  const closing: (() => void)[] = [];
  beforeEach(async () => {
    web = new OperatorBench(await benches[major].open());
  });
  afterEach(() => closing.splice(0).forEach((close) => close()));

  const as = async (verbs: Verbs): Promise<OperatorBench> => {
    const bound = await boundTo(web.open, rulesOf(verbs));
    closing.push(bound.close);
    return web.as(bound);
  };
  const hook = (event: string) => ({ 'templates/hook.yaml': hookManifest(event, 'complete') });
  const plans: Record<
    'install' | 'upgrade' | 'rollback' | 'uninstall',
    () => Promise<ReleaseOperation>
  > = {
    install: async () => web.install('p1', await web.chart(hook('pre-install'))),
    upgrade: async () => {
      await web.operate(web.install('p1', await web.chart()));
      return web.upgrade('p2', await web.chart(hook('pre-upgrade')));
    },
    rollback: async () => {
      await web.operate(web.install('p1', await web.chart(hook('pre-rollback'))));
      await web.operate(await web.upgrade('p2', await web.chart()));
      return web.rollback('p3', 1);
    },
    uninstall: async () => {
      await web.operate(web.install('p1', await web.chart(hook('pre-delete'))));
      return web.uninstall('p2');
    },
  };

  it.each(['install', 'upgrade', 'rollback', 'uninstall'] as const)(
    'with just the rights it needs carries out a plan of type %s',
    async (type) => {
      const operation = await plans[type]();
      const bound = await as(ENOUGH);
      expect(await bound.obstacles(operation)).toEqual([]);
      expect(await bound.operate(operation)).toMatchObject({ result: 'applied' });
    },
  );

  const rows: readonly {
    readonly type: keyof typeof plans;
    readonly kind: keyof Verbs;
    readonly lacks: string;
    /** What Helm alone would make of it; `stuck`: a record that nobody can repair. */
    readonly helm: 'refused' | 'broken' | 'stuck';
  }[] = [
    { type: 'install', kind: 'secrets', lacks: 'create', helm: 'refused' },
    { type: 'install', kind: 'secrets', lacks: 'update', helm: 'stuck' },
    { type: 'install', kind: 'jobs', lacks: 'delete', helm: 'broken' },
    { type: 'install', kind: 'configmaps', lacks: 'create', helm: 'broken' },
    { type: 'upgrade', kind: 'secrets', lacks: 'update', helm: 'stuck' },
    { type: 'upgrade', kind: 'jobs', lacks: 'delete', helm: 'broken' },
    { type: 'upgrade', kind: 'configmaps', lacks: 'get', helm: 'broken' },
    { type: 'rollback', kind: 'secrets', lacks: 'update', helm: 'stuck' },
    { type: 'rollback', kind: 'jobs', lacks: 'create', helm: 'broken' },
    { type: 'rollback', kind: 'configmaps', lacks: 'patch', helm: 'broken' },
    { type: 'uninstall', kind: 'secrets', lacks: 'delete', helm: 'broken' },
    { type: 'uninstall', kind: 'jobs', lacks: 'delete', helm: 'refused' },
    { type: 'uninstall', kind: 'configmaps', lacks: 'delete', helm: 'broken' },
  ];
  it.each(rows)(
    'that may not $lacks $kind is told before a plan of type $type touches anything',
    async ({ type, kind, lacks, helm }) => {
      const operation = await plans[type]();
      const [history, data] = [await web.history(), await web.data()];
      const bound = await as(without(kind, lacks));
      const group = kind === 'jobs' ? 'jobs.batch' : kind;
      const cure = `the right to ${lacks} ${group} in ${web.open.namespace}`;
      const told = await bound.obstacles(operation);
      expect(told.length).toBeGreaterThan(0);
      for (const line of told) expect(line).toMatch(/^kube\/forbidden: /);
      for (const line of told) expect(line).toContain(`give `);
      expect(told.join('\n')).toContain(cure);
      expect([await web.history(), await web.data()]).toEqual([history, data]);
      const ran = bound.operate(operation).then(({ result }) => result, String);
      expect(await ran).toMatch(helm === 'stuck' ? /needs the right to update secrets/ : helm);
    },
  );

  it.each([{ lacks: ['watch'] }, { lacks: ['list'] }, { lacks: ['watch', 'list'] }])(
    'that may not $lacks jobs is told where Helm waits for one so',
    async ({ lacks }) => {
      const operation = await plans.install();
      const bound = await as({
        ...ENOUGH,
        jobs: [...ENOUGH.jobs, 'list'].filter((verb) => !lacks.includes(verb)),
      });
      const told = await bound.obstacles(operation);
      const waits = major === 4 ? !lacks.includes('watch') : lacks.length < 2;
      const how = major === 4 ? 'watch' : 'watch or list';
      expect(told).toEqual(
        waits ? [] : [expect.stringContaining(`the right to ${how} jobs.batch in`)],
      );
      const result = waits ? 'applied' : 'broken';
      // Who waits in vain is not waited for; who sees the job end has all the time that it takes.
      const hookTimeoutMs = waits ? 60_000 : 3_000;
      expect(await bound.operate(operation, { hookTimeoutMs })).toMatchObject({ result });
    },
  );

  it('that may not read what an older Helm waits for by reading is told so', async () => {
    const operation = await plans.upgrade();
    const bound = await as(without('jobs', 'get'));
    const told = await bound.obstacles(operation);
    expect(told).toEqual(
      major === 4 ? [] : [expect.stringContaining('the right to get jobs.batch in')],
    );
    const result = major === 4 ? 'applied' : 'broken';
    expect(await bound.operate(operation, { hookTimeoutMs: 3_000 })).toMatchObject({ result });
  });
});
