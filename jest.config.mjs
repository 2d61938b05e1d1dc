// One configuration for every level of tests; `tools/test.mjs LEVEL` chooses by file suffix.
// Workspace packages resolve to their sources, so unit tests need no build.
const LEVELS = {
  unit: '(?<!\\.(contract|int|cluster|e2e|sim))\\.spec\\.ts$',
  contract: '\\.contract\\.spec\\.ts$',
  int: '\\.int\\.spec\\.ts$',
  cluster: '\\.cluster\\.spec\\.ts$',
  e2e: '\\.e2e\\.spec\\.ts$',
};
const level = process.env.APOLLO_TEST_LEVEL ?? 'unit';
const testRegex = LEVELS[level];
if (testRegex === undefined) {
  throw new Error(`APOLLO_TEST_LEVEL is "${level}"; accepted: ${Object.keys(LEVELS).join(', ')}`);
}

export default {
  rootDir: import.meta.dirname,
  roots: ['<rootDir>/apps', '<rootDir>/libs', '<rootDir>/migrations', '<rootDir>/tools'],
  testRegex,
  testEnvironment: 'node',
  modulePathIgnorePatterns: ['<rootDir>/.*/dist/', '<rootDir>/.nx/'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^@apollo-deploy/migrations$': '<rootDir>/migrations/src/index.ts',
    '^@apollo-deploy/spoke$': '<rootDir>/apps/spoke/src/index.ts',
    '^@apollo-deploy/([^/]+)/testing$': '<rootDir>/libs/$1/src/testing.ts',
    '^@apollo-deploy/([^/]+)$': '<rootDir>/libs/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: {
            legacyDecorator: true,
            decoratorMetadata: true,
            useDefineForClassFields: false,
          },
          target: 'es2022',
          keepClassNames: true,
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  maxWorkers: 2,
  workerIdleMemoryLimit: '1GB',
  // Half a second is too short for the end of a process where the machine is busy: it was said of workers
  // with nothing open. One that has a handle open is still named, only later.
  workerGracefulExitTimeout: 10_000,
  ...(level === 'unit'
    ? {}
    : {
        testTimeout: 120_000,
        globalSetup: '<rootDir>/tools/jest/global-setup.mjs',
        globalTeardown: '<rootDir>/tools/jest/global-teardown.mjs',
      }),
};
