import type { HelmCommand } from './helm-command.js';
import type { ReleaseRecord } from './release-record.js';

const EVENT_OF = {
  install: 'install',
  upgrade: 'upgrade',
  rollback: 'rollback',
  uninstall: 'delete',
} as const satisfies Record<HelmCommand['verb'], string>;

/**
 * True if Helm runs hooks of this revision for this command: before or after it, that is. Hooks of other
 * events, and tests, are only there. A rollback runs those of the revision it makes.
 */
export function runsHooks(
  verb: HelmCommand['verb'],
  { hooks }: Pick<ReleaseRecord, 'hooks'>,
): boolean {
  const wanted = [`pre-${EVENT_OF[verb]}`, `post-${EVENT_OF[verb]}`];
  return hooks.some(({ events }) => events.some((event) => wanted.includes(event)));
}
