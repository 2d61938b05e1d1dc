import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { FOLDERS, packageName, workspaceWith } from './workspace-fixture.js';

const ROOT = join(import.meta.dirname, '..', '..');

/** What the architecture allows, said a second time and in other words than the configuration. */
const MAY_IMPORT: Record<(typeof FOLDERS)[number], readonly string[]> = {
  'libs/kernel': [],
  'libs/domain': ['libs/kernel'],
  'libs/k8s-status': ['libs/kernel'],
  'libs/protocol': ['libs/kernel'],
  'libs/orchestration': ['libs/kernel', 'libs/domain'],
  'libs/kube': ['libs/kernel'],
  'libs/helm': ['libs/kernel', 'libs/kube'],
  'libs/local-cluster': ['libs/kernel'],
  'libs/storage': ['libs/kernel', 'libs/domain', 'libs/orchestration', 'migrations'],
  migrations: [],
  'apps/hub': ['libs/kernel', 'libs/domain', 'libs/orchestration', 'libs/storage', 'libs/protocol'],
  'apps/spoke': ['libs/kernel', 'libs/k8s-status', 'libs/kube', 'libs/helm', 'libs/protocol'],
  'apps/cli': ['libs/kernel', 'libs/domain', 'libs/protocol'],
  'libs/simulator': ['libs/kernel', 'libs/kube', 'libs/helm', 'apps/spoke'],
};

/** One file for each way of breaking a rule, and the rules it must be reported under. */
const WRONGS = [
  {
    name: 'a use case that knows TypeORM',
    path: 'libs/orchestration/src/wrong.ts',
    imports: ['typeorm'],
    expected: [
      'libs/orchestration uses only its npm packages',
      'only storage and migrations know TypeORM',
    ],
  },
  {
    name: 'a hub that talks to PostgreSQL behind the store',
    path: 'apps/hub/src/wrong.ts',
    imports: ['pg'],
    expected: ['only storage and migrations know TypeORM'],
  },
  {
    name: 'a spoke built with Nest',
    path: 'apps/spoke/src/wrong.ts',
    imports: ['@nestjs/common'],
    expected: ['only the hub knows Nest'],
  },
  {
    name: 'a Helm operator that talks to the Kubernetes client itself',
    path: 'libs/helm/src/wrong.ts',
    imports: ['@kubernetes/client-node'],
    expected: ['only kube knows the Kubernetes client'],
  },
  {
    name: 'a spoke that runs a program through execa',
    path: 'apps/spoke/src/wrong-program.ts',
    imports: ['execa'],
    expected: ['only helm and local-cluster run programs by execa'],
  },
  {
    name: 'a hub that starts a process',
    path: 'apps/hub/src/wrong-process.ts',
    imports: ['node:child_process'],
    expected: ['only helm, local-cluster and storage start processes'],
  },
  {
    name: 'a kernel with another package than its hashes',
    path: 'libs/kernel/src/wrong.ts',
    imports: ['typebox'],
    expected: ['libs/kernel uses only its npm packages'],
  },
  {
    name: 'a domain that logs',
    path: 'libs/domain/src/wrong.ts',
    imports: ['pino'],
    expected: ['libs/domain uses only its npm packages'],
  },
  {
    name: 'a status rule with a package',
    path: 'libs/k8s-status/src/wrong.ts',
    imports: ['pino'],
    expected: ['libs/k8s-status uses only its npm packages'],
  },
  {
    name: 'a protocol with a second schema library',
    path: 'libs/protocol/src/wrong.ts',
    imports: ['pino'],
    expected: ['libs/protocol uses only its npm packages'],
  },
  {
    name: 'an import of a file that the other package keeps to itself',
    path: 'libs/helm/src/wrong-private.ts',
    imports: ['../../kube/src/private.js'],
    expected: ['packages are entered by their front door', 'packages are imported by name'],
  },
  {
    name: 'an import of the front door by a relative path',
    path: 'libs/helm/src/wrong-relative.ts',
    imports: ['../../kube/src/index.js'],
    expected: ['packages are imported by name'],
  },
  {
    name: 'production code that uses test code of another package',
    path: 'libs/helm/src/wrong-testing.ts',
    imports: ['@apollo-deploy/kube/testing'],
    expected: ['test code stays in tests'],
  },
  {
    name: 'production code that uses a test package',
    path: 'libs/helm/src/wrong-test-package.ts',
    imports: ['fast-check'],
    expected: ['test code stays in tests'],
  },
  {
    name: 'two files that import each other',
    path: 'libs/kube/src/chicken.ts',
    imports: ['./egg.js'],
    expected: ['no cycles'],
  },
  {
    name: 'an import by name of what a package does not export',
    path: 'libs/helm/src/wrong-entry.ts',
    imports: ['@apollo-deploy/kube/src/private.js'],
    expected: ['every import resolves'],
  },
  {
    name: 'a tool that needs a package before it has built it',
    path: 'tools/wrong-static.mjs',
    imports: ['@apollo-deploy/kube'],
    expected: ['tools start on Node alone'],
  },
  {
    name: 'a tool that needs an npm package',
    path: 'tools/start/wrong-npm.mjs',
    imports: ['execa'],
    expected: ['tools load nothing but built packages', 'tools start on Node alone'],
  },
  {
    name: 'a tool that reaches into a package',
    path: 'tools/wrong-private.mjs',
    imports: ['../libs/kube/src/private.js'],
    expected: ['tools load nothing but built packages', 'tools start on Node alone'],
  },
  {
    name: 'a benchmark that reaches into a package',
    path: 'bench/wrong-private.mjs',
    imports: ['../libs/kube/src/private.js'],
    expected: ['benchmarks load built packages, and what bare arms and counters need'],
  },
] as const;

const RIGHTS = {
  'tools/start/right.mjs': ['node:child_process', '../packages.mjs'],
  'tools/packages.mjs': ['node:fs'],
  'bench/right.mjs': ['node:perf_hooks', 'pg', '@apollo-deploy/kube'],
  'tools/test/right.e2e.spec.ts': ['fast-check', '@apollo-deploy/local-cluster/testing'],
  'libs/kernel/src/right.ts': ['@noble/hashes', './index.js'],
  'libs/domain/src/right.ts': ['typebox'],
  'libs/domain/src/right.spec.ts': ['fast-check', './testing.js'],
  'libs/protocol/src/right.ts': ['typebox'],
  'libs/kube/src/right.ts': ['@kubernetes/client-node'],
  'libs/helm/src/right.ts': ['execa', 'node:child_process'],
  'libs/helm/src/right.cluster.spec.ts': [
    '@apollo-deploy/local-cluster/testing',
    '@apollo-deploy/kube/testing',
  ],
  'libs/storage/src/right.ts': ['typeorm', 'pg', 'node:child_process'],
  'migrations/src/right.ts': ['typeorm'],
  'apps/hub/src/right.ts': ['@nestjs/common'],
  'apps/hub/test/right.e2e.spec.ts': ['node:child_process', 'pg'],
};

interface Violation {
  readonly from: string;
  readonly rule: { readonly name: string };
}

describe('the import rules of the workspace', () => {
  it('let each package import exactly what the architecture allows it', async () => {
    const files: Record<string, string> = { 'tools/packages.mjs': '', 'bench/main.mjs': '' };
    const expected: string[] = [];
    for (const from of FOLDERS) {
      for (const to of FOLDERS.filter((folder) => folder !== from)) {
        const target = to.replace('/', '-');
        files[`${from}/src/to-${target}.ts`] = importing(packageName(to));
        files[`${from}/src/to-${target}.spec.ts`] = importing(packageName(to));
        if (MAY_IMPORT[from].includes(to)) continue;
        expected.push(`${from}/src/to-${target}.ts: ${from} imports only what it may`);
        if (to === 'libs/local-cluster') continue;
        expected.push(
          `${from}/src/to-${target}.spec.ts: tests of ${from} import only what they may`,
        );
      }
    }
    const reported = (await check(files)).filter((line) => line.includes(' only what '));
    expect(reported).toEqual(expected.sort());
  });

  it('report each wrong under its own rules, and nothing that is right', async () => {
    const files: Record<string, string> = {
      'libs/kube/src/private.ts': 'export const it = 1;\n',
      'libs/kube/src/egg.ts': importing('./chicken.js'),
      'tools/later.mjs': "export const it = () => import('@apollo-deploy/kube');\n",
      'tools/later-npm.mjs': "export const it = () => import('execa');\n",
    };
    for (const { path, imports } of WRONGS) files[path] = importing(...imports);
    for (const [path, imports] of Object.entries(RIGHTS)) files[path] = importing(...imports);
    const expected = WRONGS.flatMap(({ path, expected: rules }) =>
      rules.map((rule) => `${path}: ${rule}`),
    );
    expected.push('tools/later-npm.mjs: tools load nothing but built packages');
    expect(await check(files)).toEqual(expected.sort());
  });

  it('are all broken by a case of this file', () => {
    const config = createRequire(import.meta.url)(join(ROOT, '.dependency-cruiser.cjs')) as {
      forbidden: readonly { name: string }[];
    };
    const broken = new Set<string>([
      ...WRONGS.flatMap(({ expected }) => expected),
      ...FOLDERS.map((folder) => `${folder} imports only what it may`),
      ...FOLDERS.map((folder) => `tests of ${folder} import only what they may`),
    ]);
    const unbroken = config.forbidden.map(({ name }) => name).filter((name) => !broken.has(name));
    expect(unbroken).toEqual([]);
  });
});

function importing(...specifiers: readonly string[]): string {
  return specifiers.map((name, i) => `export * as it${String(i)} from '${name}';\n`).join('');
}

/** Runs the check over `files` in a workspace of their own: `path: rule` of each violation, sorted. */
async function check(files: Readonly<Record<string, string>>): Promise<string[]> {
  const { root, remove } = await workspaceWith(files);
  try {
    const report = JSON.parse(await cruise(root)) as { summary: { violations: Violation[] } };
    return report.summary.violations.map(({ from, rule }) => `${from}: ${rule.name}`).sort();
  } finally {
    await remove();
  }
}

function cruise(root: string): Promise<string> {
  const program = join(ROOT, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');
  const scope = ['apps/*/{src,test}', 'libs/*/{src,test}', 'migrations/src', 'tools', 'bench'];
  const args = [program, '--config', '.dependency-cruiser.cjs', '-T', 'json', ...scope];
  return new Promise((resolve, reject) => {
    const options = { cwd: root, maxBuffer: 64 * 1024 * 1024 };
    execFile(process.execPath, args, options, (error, stdout, stderr) => {
      // It ends with the number of violations as exit code; only without a report did it break.
      if (stdout === '') reject(new Error(`dependency-cruiser: ${stderr}`, { cause: error }));
      else resolve(stdout);
    });
  });
}
