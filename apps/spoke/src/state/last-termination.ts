import type { LastTermination } from '@apollo-deploy/protocol';
import { fieldsOf, itemsOf, numberOf, textOf, type Fields } from './fields.js';

/**
 * The end of the container that tells most of a pod's: one that failed before one that did its work,
 * the newest of these. An init container that did its work tells nothing. Undefined if none has ended.
 */
export function lastTermination(podStatus: Fields): LastTermination | undefined {
  const main = itemsOf(podStatus['containerStatuses']).flatMap(endOf);
  const before = itemsOf(podStatus['initContainerStatuses']).flatMap(endOf);
  const [most] = [...main, ...before.filter(hasFailed)].sort(
    (a, b) => Number(hasFailed(b)) - Number(hasFailed(a)) || instantOf(b) - instantOf(a),
  );
  return most;
}

function endOf(status: Fields): LastTermination[] {
  const now = fieldsOf(fieldsOf(status['state'])['terminated']);
  const ended = 'exitCode' in now ? now : fieldsOf(fieldsOf(status['lastState'])['terminated']);
  const { exitCode } = ended;
  if (typeof exitCode !== 'number' || !Number.isInteger(exitCode)) return [];
  const [reason, at, signal] = [
    textOf(ended['reason']),
    textOf(ended['finishedAt']),
    numberOf(ended['signal']),
  ];
  return [
    {
      container: (textOf(status['name']) ?? '').slice(0, 253),
      ...(reason !== undefined && { reason: reason.slice(0, 256) }),
      exitCode,
      ...(signal !== undefined && signal > 0 && signal < 256 && { signal }),
      ...(at !== undefined && at.length <= 40 && { at }),
    },
  ];
}

function hasFailed({ exitCode, signal }: LastTermination): boolean {
  return exitCode !== 0 || signal !== undefined;
}

function instantOf({ at }: LastTermination): number {
  return at === undefined ? 0 : Date.parse(at) || 0;
}
