import { readFile, readlink } from 'node:fs/promises';
import { errorCode } from '../error-code.js';
import type { MachineIdentity } from './ledger-entry.js';

/** The kernel gives the PID namespace of the machine itself this number, and containers another. */
const OF_THE_MACHINE = 'pid:[4026531836]';

/**
 * Which run of which machine this is, and whose processes are seen here; null where the system does
 * not tell (elsewhere than on Linux).
 */
export async function readMachineIdentity({
  proc = '/proc',
  etc = '/etc',
} = {}): Promise<MachineIdentity | null> {
  const bootId = await orNull(readFile(`${proc}/sys/kernel/random/boot_id`, 'utf8'));
  const pidNamespace = await orNull(readlink(`${proc}/self/ns/pid`));
  if (bootId === null || pidNamespace === null) return null;
  const machineId = await orNull(readFile(`${etc}/machine-id`, 'utf8'));
  return { bootId, pidNamespace, machineId };
}

/**
 * True if these are two runs of one machine, so that of the one nothing lives in the other. A
 * container proves nothing so: its image may bring a machine id that others have as well.
 */
export function isSameMachineRestarted(one: MachineIdentity, other: MachineIdentity): boolean {
  const both = [one, other];
  return (
    one.bootId !== other.bootId &&
    one.machineId !== null &&
    one.machineId === other.machineId &&
    both.every(({ pidNamespace }) => pidNamespace === OF_THE_MACHINE)
  );
}

async function orNull(reading: Promise<string>): Promise<string | null> {
  try {
    const text = (await reading).trim();
    return text === '' ? null : text;
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'EACCES' || code === 'EINVAL') return null;
    throw error;
  }
}
