import { assertNever } from '@apollo-deploy/kernel';
import type {
  HelmCommand,
  HelmInstall,
  HelmRender,
  HelmRollback,
  HelmUpgrade,
} from './helm-command.js';
import type { HelmVersion } from './helm-version.js';
import { planDescription } from './release-operation.js';
import { PLAN_LABEL } from './release-record.js';

/** Revisions kept. A deployed one is never pruned. */
export const HISTORY_MAX = 10;
/**
 * Without it Helm reads the API server's schemas, three quarters of the time of a small upgrade, only
 * to find that the server checks fields by itself: from Kubernetes 1.25 on all do.
 */
const SERVER_VALIDATES = '--disable-openapi-validation';

interface ArgvContext {
  readonly version: HelmVersion;
  /** Where the values are, for the commands that take any. */
  readonly valuesPath: string;
}

/** The arguments of one helm process. Every flag is one argument; names stand behind `--`. */
export function helmArgv(command: HelmCommand, context: ArgvContext): string[] {
  const { release } = command;
  const common = [
    `--namespace=${command.namespace}`,
    `--timeout=${String(Math.ceil(command.timeoutMs))}ms`,
  ];
  switch (command.verb) {
    case 'install':
      return [
        ...['install', ...common, ...contentFlags(command, context)],
        ...flag('--create-namespace', command.createNamespace),
        ...['--', release, command.chartPath],
      ];
    case 'upgrade':
      return [
        ...['upgrade', ...common, ...contentFlags(command, context)],
        ...['--reset-values', `--history-max=${String(HISTORY_MAX)}`],
        ...flag('--force-conflicts', command.forceConflicts && isHelm4(context)),
        ...['--', release, command.chartPath],
      ];
    case 'rollback':
      return [
        ...['rollback', ...common, `--history-max=${String(HISTORY_MAX)}`],
        ...(isHelm4(context) ? [description(command)] : []),
        ...flag('--force-conflicts', command.forceConflicts && isHelm4(context)),
        ...['--', release, String(command.revision)],
      ];
    case 'uninstall':
      return ['uninstall', ...common, '--', release];
    default:
      return assertNever(command);
  }
}

/** The arguments that render a chart. A chart that looks things up has to ask the cluster. */
export function renderArgv(
  request: HelmRender,
  { valuesPath, looksUp }: { readonly valuesPath: string; readonly looksUp: boolean },
): string[] {
  return [
    'template',
    `--namespace=${request.namespace}`,
    `--values=${valuesPath}`,
    '--include-crds',
    `--kube-version=${request.kubeVersion}`,
    ...request.apiVersions.map((served) => `--api-versions=${served}`),
    ...flag('--is-upgrade', request.isUpgrade),
    ...flag('--dry-run=server', looksUp),
    ...['--', request.release, request.chartPath],
  ];
}

function contentFlags(command: HelmInstall | HelmUpgrade, { valuesPath }: ArgvContext): string[] {
  return [
    `--values=${valuesPath}`,
    `--labels=${PLAN_LABEL}=${command.planId}`,
    SERVER_VALIDATES,
    description(command),
  ];
}

function description({ planId, verb }: HelmInstall | HelmUpgrade | HelmRollback): string {
  return `--description=${planDescription(planId, verb)}`;
}

function flag(name: string, wanted: boolean): string[] {
  return wanted ? [name] : [];
}

function isHelm4({ version }: ArgvContext): boolean {
  return version.major >= 4;
}
