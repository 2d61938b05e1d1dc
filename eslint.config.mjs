// One lint configuration for the workspace. Numbers and bans are explained in CONTRIBUTING.md.
import { builtinModules } from 'node:module';
import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

const TESTS = [
  '**/*.spec.ts',
  '**/*.contract.ts',
  '**/src/testing.ts',
  '**/src/testing/**/*.ts',
  'apps/*/test/**/*.ts',
  'tools/test/**/*.ts',
];
const SPECS = ['**/*.spec.ts', '**/*.contract.ts'];
/** Decisions: no waiting, no clock, no chance, no machine. */
const PURE = [
  'libs/{kernel,domain,k8s-status}/src/**/*.ts',
  'libs/helm/src/{release-state,next-action}.ts',
];
/** Use cases wait, but reach the machine through ports only. */
const USE_CASES = ['libs/orchestration/src/**/*.ts'];

const NODE_GLOBALS = [
  ...['AbortController', 'AbortSignal', 'Blob', 'Buffer', 'FormData', 'Headers', 'Response'],
  ...['TextDecoder', 'TextEncoder', 'URL', 'URLSearchParams', 'clearInterval', 'clearTimeout'],
  ...['console', 'fetch', 'performance', 'process', 'queueMicrotask', 'setImmediate'],
  ...['setInterval', 'setTimeout', 'structuredClone'],
];
const globalsFor = (names) => Object.fromEntries(names.map((name) => [name, 'readonly']));

const ban = (selector, message) => ({ selector, message });
const NO_LOOPHOLES = [
  ban('ExportDefaultDeclaration', 'Export by name, so that a name means the same everywhere.'),
  ban(
    'ExportAllDeclaration:not([source.value=/^[.][/][a-z-]+[/]exports[.]js$/])',
    'List the exports by name, here or in a folder’s exports.ts: what is public is a decision.',
  ),
  ban('TSEnumDeclaration', 'Use an `as const` tuple of string literals and take the type from it.'),
  ban('CatchClause > BlockStatement[body.length=0]', 'Convert, retry or report what you catch.'),
  ban(
    'CallExpression[callee.property.name="catch"] > ArrowFunctionExpression > BlockStatement[body.length=0]',
    'Convert, retry or report what you catch.',
  ),
  ban(
    'CallExpression[callee.property.name="catch"] > ArrowFunctionExpression > Identifier[name="undefined"].body',
    'Convert, retry or report what you catch.',
  ),
];
const FEW_PARAMETERS = [
  ban(
    ':matches(FunctionDeclaration, TSDeclareFunction, ArrowFunctionExpression, MethodDefinition[kind!="constructor"] > FunctionExpression)[params.length>5]',
    'More than 5 parameters: pass one object.',
  ),
  ban(
    'MethodDefinition[kind="constructor"] > FunctionExpression[params.length>8]',
    'More than 8 collaborators: this class has more than one reason to change.',
  ),
];
const NO_CLOCK = [
  ban('NewExpression[callee.name="Date"][arguments.length=0]', 'Take `now` as an argument.'),
  ban('CallExpression[callee.name="Date"]', 'Take `now` as an argument.'),
];
const NO_WAITING = [
  ban(':function[async=true]', 'This code decides; waiting belongs to the caller.'),
  ban('AwaitExpression', 'This code decides; waiting belongs to the caller.'),
  ban('ForOfStatement[await=true]', 'This code decides; waiting belongs to the caller.'),
  ban('Identifier[name="Promise"]', 'This code decides; waiting belongs to the caller.'),
];
const NO_SLEEPING = [
  ban('CallExpression[callee.name=/^(sleep|delay)$/]', 'Wait on an event or on virtual time.'),
];

/** `expectX` and `assertX` of the file count too, and so does `fc.assert`. */
const EXPECTS = ':has(Identifier[name=/^(expect|assert)/])';
const NO_EMPTY_TESTS = ['callee', 'callee.callee.object'].map((callee) =>
  ban(
    `CallExpression[${callee}.name=/^(it|test)$/] > :function:not(${EXPECTS})`,
    'A test without an expectation cannot fail: say what should come of it.',
  ),
);

const MACHINE_GLOBALS = [
  ...['process', 'console', 'fetch', 'performance', 'crypto', 'Buffer'],
  ...['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'],
].map((name) => ({ name, message: 'Reach the machine through a port that the caller gives you.' }));
const MACHINE_PROPERTIES = [
  { object: 'Date', property: 'now', message: 'Take `now` as an argument, or use the Clock port.' },
  { object: 'Math', property: 'random', message: 'Take what chance decided as an argument.' },
];
const NO_NODE = {
  paths: builtinModules.map((name) => ({ name, message: 'No Node built-ins here.' })),
  patterns: [{ group: ['node:*'], message: 'No Node built-ins here.' }],
};

/** `no-restricted-*` rules replace each other, so each block states its whole list. */
const away = ({ syntax, globals = [], properties = [], imports }) => ({
  'no-restricted-syntax': ['error', ...NO_LOOPHOLES, ...syntax],
  'no-restricted-globals': ['error', ...globals],
  'no-restricted-properties': ['error', ...properties],
  'no-restricted-imports': ['error', imports ?? {}],
});

export default tseslint.config(
  {
    ignores: [
      '**/dist/',
      '**/node_modules/',
      '.nx/',
      '.apollo/',
      '.apollo-simulated/',
      '.apollo-code/',
      'coverage/',
      '**/*.d.mts',
    ],
  },
  { linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' } },
  eslint.configs.recommended,
  {
    files: ['**/*.mjs'],
    languageOptions: { ecmaVersion: 2024, globals: globalsFor(NODE_GLOBALS) },
    rules: { 'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }] },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: { sourceType: 'commonjs', globals: globalsFor(['module', 'require']) },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: { project: ['./tsconfig.spec.json'], tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      ...away({ syntax: FEW_PARAMETERS }),
      complexity: ['error', 14],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
      'no-console': 'error',
      'prefer-const': 'error',
      '@typescript-eslint/ban-ts-comment': [
        'error',
        { 'ts-expect-error': 'allow-with-description', 'ts-ignore': true, 'ts-nocheck': true },
      ],
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { prefer: 'type-imports', fixStyle: 'inline-type-imports' },
      ],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/only-throw-error': 'error',
      // An in-memory adapter answers at once, and its port still promises a Promise.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  {
    files: USE_CASES,
    ignores: TESTS,
    rules: away({
      syntax: [...FEW_PARAMETERS, ...NO_CLOCK],
      globals: MACHINE_GLOBALS,
      properties: MACHINE_PROPERTIES,
      imports: NO_NODE,
    }),
  },
  {
    files: PURE,
    ignores: TESTS,
    rules: away({
      syntax: [...FEW_PARAMETERS, ...NO_CLOCK, ...NO_WAITING],
      globals: MACHINE_GLOBALS,
      properties: MACHINE_PROPERTIES,
      imports: NO_NODE,
    }),
  },
  {
    files: TESTS,
    rules: {
      'max-lines': ['error', { max: 600, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': 'off',
      '@typescript-eslint/explicit-module-boundary-types': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  {
    files: SPECS,
    rules: away({
      syntax: [...FEW_PARAMETERS, ...NO_SLEEPING, ...NO_EMPTY_TESTS],
      globals: ['setTimeout', 'setInterval'].map((name) => ({
        name,
        message: 'Wait on an event or on virtual time.',
      })),
      properties: ['mock', 'doMock', 'unstable_mockModule'].map((property) => ({
        object: 'jest',
        property,
        message: 'Use a real implementation that passes the same contract.',
      })),
      imports: {
        paths: ['node:timers/promises', 'timers/promises'].map((name) => ({
          name,
          message: 'Wait on an event or on virtual time.',
        })),
      },
    }),
  },
  {
    // Configuration files are read by tools that ask for a default export.
    files: ['*.config.mjs', '*.cjs', 'tools/**/*.mjs'],
    rules: { 'no-restricted-syntax': 'off' },
  },
);
