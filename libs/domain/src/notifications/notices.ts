import type { Json } from '@apollo-deploy/kernel';
import type { Notice } from './notification.js';

/** What of a deployment others are told. */
export interface ToldDeployment {
  readonly service: string;
  readonly environment: string;
  readonly kind: 'deploy' | 'promote' | 'hotfix' | 'rollback';
  readonly strategy: string;
  readonly status: string;
  readonly toVersion: string;
  /** Why somebody asked for it. */
  readonly reason?: string;
  /** Once it has ended badly: why. */
  readonly notes?: string;
  readonly durationSeconds?: number;
}

/** What a deployment comes to that somebody is told of. */
export type Moment =
  | 'hotfix_initiated'
  | 'rolling_back'
  | 'started'
  | 'completed'
  | 'failed'
  | 'rolled_back'
  | 'rollback_failed';

/** The notes of many spokes may be long; whoever wants all of them asks for the deployment. */
const ERROR_MAX = 1000;
const SOURCE = 'APOLLO';
const WAITING = 'pending';
const ENDED_BADLY: readonly string[] = ['failed', 'rolled_back'];

/**
 * What has come of a deployment between two statuses, in order; `before` absent = it is new. One that
 * passes statuses over comes to all the same, one whose status stays to nothing, and one that failed while it
 * waited has never started.
 */
export function momentsOf(
  before: string | undefined,
  { kind, status }: Pick<ToldDeployment, 'kind' | 'status'>,
): readonly Moment[] {
  if (before === status) return [];
  const isRollback = kind === 'rollback';
  const moments: Moment[] = [];
  if (before === undefined && kind === 'hotfix') moments.push('hotfix_initiated');
  if (before === undefined && isRollback) moments.push('rolling_back');
  if (!isRollback && begins(before, status)) moments.push('started');
  if (status === 'completed') moments.push(isRollback ? 'rolled_back' : 'completed');
  if (ENDED_BADLY.includes(status)) moments.push(isRollback ? 'rollback_failed' : 'failed');
  return moments;
}

function begins(before: string | undefined, status: string): boolean {
  const waited = before === undefined || before === WAITING;
  return waited && status !== WAITING && !ENDED_BADLY.includes(status);
}

/** What each receiver is told of a moment, word for word; those who want to hear nothing of it are not in it. */
export function noticesOf(moment: Moment, deployment: ToldDeployment): readonly Notice[] {
  return NOTICES[moment](deployment);
}

const NOTICES: Readonly<Record<Moment, (deployment: ToldDeployment) => readonly Notice[]>> = {
  hotfix_initiated: ({ service, reason = '' }) => [
    hermes(`⚠️ HOTFIX initiated for ${service}: ${reason}`, 'warning'),
    lesson(`HOTFIX to PROD: ${service} - Reason: ${reason}`, 'warning'),
  ],
  rolling_back: ({ service, toVersion }) => [
    hermes(`🔄 Rolling back ${service} to ${toVersion}`, 'warning'),
  ],
  started: ({ service, environment }) => [
    event('deployment_started', { service, env: environment }),
  ],
  completed: ({ service, environment, strategy, durationSeconds = 0 }) => [
    hermes(`✅ Deployed ${service} to ${environment}`, 'success'),
    lesson(
      `Successfully deployed ${service} to ${environment} using ${strategy} strategy`,
      'success',
    ),
    event('deployment_completed', { service, env: environment, duration: durationSeconds }),
  ],
  failed: (deployment) => {
    const { service, environment } = deployment;
    const error = errorOf(deployment);
    const message = `Deployment failed: ${service} to ${environment} - ${error}`;
    return [
      hermes(`❌ ${message}`, 'error'),
      lesson(message, 'failure'),
      event('deployment_failed', { service, env: environment, error }),
    ];
  },
  rolled_back: ({ service, toVersion }) => [
    lesson(`Rolled back ${service} to ${toVersion}`, 'success'),
  ],
  rollback_failed: (deployment) => [
    lesson(`Rollback failed for ${deployment.service}: ${errorOf(deployment)}`, 'failure'),
  ],
};

/** The notes of one that failed begin with that it did, most often. */
function errorOf({ notes = '' }: ToldDeployment): string {
  const why = notes.replace(/^failed: /i, '');
  return why.length <= ERROR_MAX ? why : `${why.slice(0, ERROR_MAX)}…`;
}

function hermes(message: string, level: 'success' | 'warning' | 'error'): Notice {
  return { receiver: 'hermes', body: { message, level, source: SOURCE } };
}

function lesson(content: string, type: 'success' | 'warning' | 'failure'): Notice {
  const tags = ['deployment', 'devops'];
  return {
    receiver: 'lcis',
    body: { content, domain: 'DEPLOYMENT', type, source_agent: SOURCE, tags },
  };
}

function event(event_type: string, data: Readonly<Record<string, Json>>): Notice {
  return { receiver: 'event_bus', body: { event_type, source: SOURCE, data } };
}
