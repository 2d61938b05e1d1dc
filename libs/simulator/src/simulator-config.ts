import { err, ok, type Result } from '@apollo-deploy/kernel';
import { DEFAULT_SEED } from './simulated-cluster-uid.js';

/** What the simulator is told by environment variables. */
export interface SimulatorConfig {
  /** `http:` or `https:` address of the hub, without a path. */
  readonly httpUrl: string;
  /** `ws:` or `wss:` address of the spoke socket. */
  readonly socketUrl: string;
  /** The names of the spokes. */
  readonly spokes: readonly string[];
  /** Holds `NAME/token` for each spoke that has not joined, as private files, and charts. */
  readonly directory: string;
  readonly seed: string;
  /** The share of contents whose pods fail, from 0 to 1. */
  readonly failures: number;
  readonly logLevel: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const SOCKET_PATH = '/ws/spoke';
const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error'];

/** Each variable: whether a text can be used, what can, and what counts where it is not set. */
const VARIABLES = {
  APOLLO_HUB_URL: {
    accepts: (text: string) => /^https?:\/\/[^/]+\/?$/.test(text),
    asks: 'the hub as http(s)://HOST[:PORT], without a path',
  },
  APOLLO_SIMULATED_SPOKES: {
    accepts: (text: string) => text.split(',').every((name) => /^[a-z0-9-]{1,63}$/.test(name)),
    asks: 'the names of the spokes, 1 to 63 of a-z, 0-9 and - each, with commas between them',
  },
  APOLLO_SPOKES_DIR: {
    accepts: () => true,
    asks: 'a folder that holds the join token of each spoke in the file NAME/token',
  },
  APOLLO_SIMULATED_SEED: {
    accepts: () => true,
    asks: 'any text',
    otherwise: DEFAULT_SEED,
  },
  APOLLO_SIMULATED_FAILURES: {
    accepts: (text: string) => /^(0|1|0?\.\d+)$/.test(text),
    asks: 'the share of contents whose pods fail, from 0 to 1, for example 0.2',
    otherwise: '0',
  },
  APOLLO_LOG_LEVEL: {
    accepts: (text: string) => LOG_LEVELS.includes(text),
    asks: `${LOG_LEVELS.slice(0, -1).join(', ')} or ${LOG_LEVELS.at(-1) ?? ''}`,
    otherwise: 'info',
  },
} as const;

type Variable = keyof typeof VARIABLES;

/** Reads the configuration; all problems at once, each with its cure. */
export function readSimulatorConfig(env: Environment): Result<SimulatorConfig, readonly string[]> {
  const problems: string[] = [];
  const read = (name: Variable): string => {
    const variable: { accepts(text: string): boolean; asks: string; otherwise?: string } =
      VARIABLES[name];
    const text = env[name] === '' ? undefined : env[name];
    if (text !== undefined && variable.accepts(text)) return text;
    if (text === undefined && variable.otherwise !== undefined) return variable.otherwise;
    const what = text === undefined ? 'not set' : 'not usable';
    problems.push(`${name} is ${what}; give ${variable.asks}`);
    return '';
  };
  const httpUrl = read('APOLLO_HUB_URL').replace(/\/$/, '');
  const config: SimulatorConfig = {
    httpUrl,
    socketUrl: `${httpUrl.replace(/^http/, 'ws')}${SOCKET_PATH}`,
    spokes: [...new Set(read('APOLLO_SIMULATED_SPOKES').split(','))],
    directory: read('APOLLO_SPOKES_DIR'),
    seed: read('APOLLO_SIMULATED_SEED'),
    failures: Number(read('APOLLO_SIMULATED_FAILURES')),
    logLevel: read('APOLLO_LOG_LEVEL'),
  };
  return problems.length > 0 ? err(problems) : ok(config);
}
