import { readdir, readFile } from 'node:fs/promises';
import { errorCode } from '../error-code.js';

/** One running process of this machine, as far as the spoke may see it. */
export interface RunningProcess {
  readonly pid: number;
  readonly processGroup: number;
  readonly startedAt: string;
  readonly argv: readonly string[];
}

/** The processes of this machine. */
export interface ProcessTable {
  /** All that run now, the dead that nobody has collected left out; null where it cannot be told. */
  list(): Promise<readonly RunningProcess[] | null>;
  /** One of them, without a look at the others; null if it does not run or cannot be told. */
  find(pid: number): Promise<RunningProcess | null>;
}

/** Linux: what `/proc` says. Elsewhere it knows nothing, and says so. */
export class ProcProcessTable implements ProcessTable {
  constructor(private readonly directory = '/proc') {}

  async list(): Promise<readonly RunningProcess[] | null> {
    const names = await listOrNull(this.directory);
    if (names === null) return null;
    const pids = names.filter((name) => /^\d+$/.test(name)).map(Number);
    if (pids.length === 0) return null;
    const processes = await Promise.all(pids.map((pid) => this.find(pid)));
    return processes.filter((process) => process !== null);
  }

  async find(pid: number): Promise<RunningProcess | null> {
    const stat = await textOrNull(`${this.directory}/${pid}/stat`);
    const cmdline = await textOrNull(`${this.directory}/${pid}/cmdline`);
    return stat === null || cmdline === null ? null : parseProcess(pid, stat, cmdline);
  }
}

/** Field numbers of proc_pid_stat(5), counted from the one after the program's name. */
const STATE = 0;
const PROCESS_GROUP = 2;
const START_TIME = 19;

/** Null for a dead process that still has its line. */
export function parseProcess(pid: number, stat: string, cmdline: string): RunningProcess | null {
  // The name stands in parentheses and may itself hold any character.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, group, startedAt] = [fields[STATE], fields[PROCESS_GROUP], fields[START_TIME]];
  if (state === undefined || group === undefined || startedAt === undefined) return null;
  if (state === 'Z' || state === 'X') return null;
  const argv = cmdline.split('\0').filter((argument) => argument !== '');
  return { pid, processGroup: Number(group), startedAt, argv };
}

async function listOrNull(directory: string): Promise<string[] | null> {
  try {
    return await readdir(directory);
  } catch (error) {
    return nullIfGone(error);
  }
}

async function textOrNull(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    return nullIfGone(error);
  }
}

/** A process may end while it is looked at, and may belong to somebody else. */
function nullIfGone(error: unknown): null {
  const code = errorCode(error);
  if (code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES') return null;
  throw error;
}
