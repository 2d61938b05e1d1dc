import { describe, expect, it } from '@jest/globals';
import { helmArgv, renderArgv } from './helm-argv.js';
import type { HelmCommand } from './helm-command.js';

const HELM_3 = { major: 3, minor: 21, patch: 4 };
const HELM_4 = { major: 4, minor: 3, patch: 1 };
const target = { release: 'web', namespace: 'shop', planId: 'p1', timeoutMs: 30_000 };
const content = { chartPath: '/charts/web.tgz', values: {} };
const install = { verb: 'install', ...target, ...content, createNamespace: false } as const;
const upgrade = { verb: 'upgrade', ...target, ...content, forceConflicts: true } as const;
const rollback = { verb: 'rollback', ...target, revision: 3, forceConflicts: true } as const;

describe('helmArgv', () => {
  it.each<{ name: string; command: HelmCommand; version: typeof HELM_4; expected: string[] }>([
    {
      name: 'an installation',
      command: install,
      version: HELM_4,
      expected: [
        ...['install', '--namespace=shop', '--timeout=30000ms'],
        ...['--values=/run/values.json', '--labels=apollo.dev/plan=p1'],
        ...['--disable-openapi-validation', '--description=apollo plan p1: install'],
        ...['--', 'web', '/charts/web.tgz'],
      ],
    },
    {
      name: 'an installation that makes its namespace',
      command: { ...install, createNamespace: true },
      version: HELM_3,
      expected: [
        ...['install', '--namespace=shop', '--timeout=30000ms'],
        ...['--values=/run/values.json', '--labels=apollo.dev/plan=p1'],
        ...['--disable-openapi-validation', '--description=apollo plan p1: install'],
        '--create-namespace',
        ...['--', 'web', '/charts/web.tgz'],
      ],
    },
    {
      name: 'an upgrade by Helm 4',
      command: upgrade,
      version: HELM_4,
      expected: [
        ...['upgrade', '--namespace=shop', '--timeout=30000ms'],
        ...['--values=/run/values.json', '--labels=apollo.dev/plan=p1'],
        ...['--disable-openapi-validation', '--description=apollo plan p1: upgrade'],
        ...['--reset-values', '--history-max=10', '--force-conflicts'],
        ...['--', 'web', '/charts/web.tgz'],
      ],
    },
    {
      name: 'an upgrade by Helm 3, which knows no conflicts',
      command: upgrade,
      version: HELM_3,
      expected: [
        ...['upgrade', '--namespace=shop', '--timeout=30000ms'],
        ...['--values=/run/values.json', '--labels=apollo.dev/plan=p1'],
        ...['--disable-openapi-validation', '--description=apollo plan p1: upgrade'],
        ...['--reset-values', '--history-max=10'],
        ...['--', 'web', '/charts/web.tgz'],
      ],
    },
    {
      name: 'a rollback by Helm 4',
      command: rollback,
      version: HELM_4,
      expected: [
        ...['rollback', '--namespace=shop', '--timeout=30000ms', '--history-max=10'],
        ...['--description=apollo plan p1: rollback', '--force-conflicts', '--', 'web', '3'],
      ],
    },
    {
      name: 'a rollback by Helm 3, which takes no description',
      command: rollback,
      version: HELM_3,
      expected: [
        ...['rollback', '--namespace=shop', '--timeout=30000ms', '--history-max=10'],
        ...['--', 'web', '3'],
      ],
    },
    {
      name: 'an uninstallation',
      command: { verb: 'uninstall', ...target },
      version: HELM_4,
      expected: ['uninstall', '--namespace=shop', '--timeout=30000ms', '--', 'web'],
    },
  ])('writes $name', ({ command, version, expected }) => {
    expect(helmArgv(command, { version, valuesPath: '/run/values.json' })).toEqual(expected);
  });
});

describe('renderArgv', () => {
  const request = {
    ...target,
    ...content,
    isUpgrade: true,
    kubeVersion: 'v1.36.3',
    apiVersions: ['v1', 'v1/Pod'],
  };
  it.each([
    { name: 'asks no cluster', looksUp: false, expected: [] },
    {
      name: 'asks the cluster for a chart that looks things up',
      looksUp: true,
      expected: ['--dry-run=server'],
    },
  ])('$name', ({ looksUp, expected }) => {
    expect(renderArgv(request, { valuesPath: '/v.json', looksUp })).toEqual([
      ...['template', '--namespace=shop', '--values=/v.json', '--include-crds'],
      ...['--kube-version=v1.36.3', '--api-versions=v1', '--api-versions=v1/Pod', '--is-upgrade'],
      ...expected,
      ...['--', 'web', '/charts/web.tgz'],
    ]);
  });
});
