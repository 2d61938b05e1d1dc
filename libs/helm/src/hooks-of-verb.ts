import type { HelmCommand } from './helm-command.js';
import type { ReleaseHook, ReleaseRecord } from './release-record.js';

/** What a verb is called in the events of hooks. */
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
  return hooks.some((hook) => isHookOf(verb, hook));
}

/** True for a hook that Helm runs before or after this command. */
export function isHookOf(
  verb: HelmCommand['verb'],
  { events }: Pick<ReleaseHook, 'events'>,
): boolean {
  return events.some((event) => /^(pre|post)-/.test(event) && event.endsWith(`-${EVENT_OF[verb]}`));
}
