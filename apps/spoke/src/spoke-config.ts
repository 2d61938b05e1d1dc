import {
  err,
  isServiceVariable,
  nearestName,
  ok,
  type Result,
  shorten,
} from '@apollo-deploy/kernel';
import { SPOKE_SOCKET_PATH } from '@apollo-deploy/protocol';
import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import type { PodIdentity } from './execution/ledger-entry.js';

const NAME = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?';
/** Without TLS only on this machine: join tokens, keys and values are on that way. */
const HUB_URL =
  '^((https|wss)://[^/@]+|(http|ws)://(localhost|127(\\.[0-9]{1,3}){3}|\\[::1\\])(:[0-9]+)?)/?$';

/** Every variable the spoke reads. What is not listed here is not read. */
const Environment = Type.Object({
  APOLLO_HUB_URL: Type.String({ pattern: HUB_URL }),
  APOLLO_SPOKE_TOKEN: Type.Optional(Type.String({ minLength: 16, maxLength: 4096 })),
  APOLLO_SPOKE_TOKEN_FILE: Type.Optional(Type.String({ minLength: 1 })),
  APOLLO_KUBECONFIG: Type.Optional(Type.String({ minLength: 1 })),
  KUBECONFIG: Type.Optional(Type.String({ minLength: 1 })),
  /** Set by Kubernetes in every pod. */
  KUBERNETES_SERVICE_HOST: Type.Optional(Type.String({ minLength: 1 })),
  APOLLO_HELM: Type.Optional(Type.String({ minLength: 1 })),
  APOLLO_SPOKE_NAMESPACE: Type.Optional(Type.String({ pattern: `^${NAME}$` })),
  APOLLO_NAMESPACES: Type.Optional(
    Type.String({ pattern: `^${NAME}(,${NAME}){0,499}$`, maxLength: 32_000 }),
  ),
  APOLLO_SPOKE_DEPLOYER: Type.Optional(Type.String({ pattern: `^${NAME}$` })),
  APOLLO_SPOKE_WORKDIR: Type.Optional(Type.String({ minLength: 1 })),
  APOLLO_KEY_LIFE_DAYS: Type.Optional(Type.String({ pattern: '^[1-9][0-9]{0,3}$' })),
  APOLLO_MAX_PARALLEL: Type.Optional(Type.String({ pattern: '^[1-9][0-9]{0,2}$' })),
  APOLLO_HEALTH_RULES_FILE: Type.Optional(Type.String({ minLength: 1 })),
  APOLLO_DRIFT_RULES_FILE: Type.Optional(Type.String({ minLength: 1 })),
  APOLLO_SPOKE_TRUSTED_KEYS: Type.Optional(Type.String({ minLength: 1 })),
  APOLLO_SPOKE_POLICY_FILE: Type.Optional(Type.String({ minLength: 1 })),
  APOLLO_POD_NAMESPACE: Type.Optional(Type.String({ minLength: 1 })),
  APOLLO_POD_NAME: Type.Optional(Type.String({ minLength: 1 })),
  APOLLO_POD_UID: Type.Optional(Type.String({ minLength: 1 })),
  APOLLO_NODE_NAME: Type.Optional(Type.String({ minLength: 1 })),
  APOLLO_LOG_LEVEL: Type.Optional(
    Type.Union([
      Type.Literal('trace'),
      Type.Literal('debug'),
      Type.Literal('info'),
      Type.Literal('warn'),
      Type.Literal('error'),
    ]),
  ),
});
type Environment = Static<typeof Environment>;
type Variable = keyof Environment;

const ACCEPTED: Readonly<Record<Variable, string>> = {
  APOLLO_HUB_URL:
    'the hub as https:// or wss://HOST[:PORT], without a path; http:// and ws:// only for one on this machine, as keys and values would go over a network in plain text',
  APOLLO_SPOKE_TOKEN: 'a join token of this spoke (16 to 4096 characters)',
  APOLLO_SPOKE_TOKEN_FILE:
    'a file that holds the join token and that only its owner may read (0600)',
  APOLLO_KUBECONFIG: 'a kubeconfig file',
  KUBECONFIG: 'a kubeconfig file',
  KUBERNETES_SERVICE_HOST: 'the address of the API server, as Kubernetes sets it in pods',
  APOLLO_HELM: 'the helm program, as a path or a name on PATH',
  APOLLO_SPOKE_NAMESPACE: 'a namespace name: 1 to 63 of a-z, 0-9 and -',
  APOLLO_NAMESPACES:
    'namespaces to look at where the account may not see all, by commas, 500 at most',
  APOLLO_SPOKE_DEPLOYER:
    'the name of the service account that acts in each namespace: 1 to 63 of a-z, 0-9 and -',
  APOLLO_SPOKE_WORKDIR: 'a directory that this process may write to',
  APOLLO_KEY_LIFE_DAYS: 'after how many days this spoke takes another key, 1 to 9999',
  APOLLO_MAX_PARALLEL: 'how many releases are changed at a time, 1 to 999',
  APOLLO_HEALTH_RULES_FILE: 'a JSON file of rules by which kinds are judged',
  APOLLO_DRIFT_RULES_FILE: 'a JSON file of fields that may differ from the release',
  APOLLO_SPOKE_TRUSTED_KEYS: 'a JSON file of the public keys that sign plans',
  APOLLO_SPOKE_POLICY_FILE: 'a JSON file of what is allowed in this cluster',
  APOLLO_POD_NAMESPACE: 'the namespace of this pod (fieldRef metadata.namespace)',
  APOLLO_POD_NAME: 'the name of this pod (fieldRef metadata.name)',
  APOLLO_POD_UID: 'the UID of this pod (fieldRef metadata.uid)',
  APOLLO_NODE_NAME: 'the node of this pod (fieldRef spec.nodeName)',
  APOLLO_LOG_LEVEL: 'trace, debug, info, warn or error',
};

const POD_VARIABLES = [
  'APOLLO_POD_NAMESPACE',
  'APOLLO_POD_NAME',
  'APOLLO_POD_UID',
  'APOLLO_NODE_NAME',
] as const satisfies readonly Variable[];

/**
 * Where the join token comes from. A file is read anew for every connection, so it may be replaced, and
 * deleted once the spoke has joined.
 */
export type TokenSource =
  | { readonly kind: 'value'; readonly token: string }
  | { readonly kind: 'file'; readonly path: string };

export interface SpokeConfig {
  /** `ws:` or `wss:` address of the spoke socket. */
  readonly socketUrl: string;
  /** `http:` or `https:` address of the hub, without a path. */
  readonly httpUrl: string;
  /** Null: it has joined before. */
  readonly token: TokenSource | null;
  /** Null: the service account of this pod. */
  readonly kubeconfigPath: string | null;
  readonly helmPath: string;
  /** Where the ledger is kept. */
  readonly namespace: string;
  /** Where to look if the account may not look everywhere; empty: where it may. */
  readonly namespaces: readonly string[];
  /** The service account by which plans are carried out in each namespace; null: the spoke's own. */
  readonly deployer: string | null;
  readonly workdir: string;
  /** A key that is older is changed. */
  readonly keyLifeDays: number;
  readonly maxParallel: number;
  /** Null: the built-in rules alone. */
  readonly healthRulesPath: string | null;
  /** Null: the built-in rules alone. */
  readonly driftRulesPath: string | null;
  /** Null: plans need no signature. */
  readonly trustedKeysPath: string | null;
  /** Null: everything is allowed that is signed. */
  readonly policyPath: string | null;
  /** This pod, by which a later one can prove that it has ended; null where there is none to name. */
  readonly pod: PodIdentity | null;
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error';
}

export interface ConfigProblem {
  readonly code: 'config/missing' | 'config/invalid' | 'config/unknown';
  readonly variable: string;
  readonly message: string;
}

const environmentCheck = Compile(Environment);
const KEY_LIFE_DAYS = 30;
const PLANS_A_CORE = 4;
const MOST_PARALLEL = 16;

/** Reads the configuration from environment variables; all problems at once, each with its cure. */
export function readSpokeConfig(
  env: Readonly<Record<string, string | undefined>>,
  machine: { readonly cores: number; readonly homeDirectory: string },
): Result<SpokeConfig, readonly ConfigProblem[]> {
  const given = pick(env);
  const problems = [...unknown(env), ...missing(given), ...invalid(given)];
  if (problems.length > 0 || !environmentCheck.Check(given)) return err(problems);
  return ok(configOf(given, machine));
}

/**
 * A plan spends half of its time and more on waiting for the API server, so one a core leaves cores
 * idle; each Helm takes some 80 MB.
 */
function parallelOn(cores: number): number {
  return Math.min(cores * PLANS_A_CORE, MOST_PARALLEL);
}

function configOf(
  env: Environment,
  machine: { readonly cores: number; readonly homeDirectory: string },
): SpokeConfig {
  const base = new URL(env.APOLLO_HUB_URL);
  const secure = base.protocol === 'https:' || base.protocol === 'wss:';
  return {
    socketUrl: `${secure ? 'wss' : 'ws'}://${base.host}${SPOKE_SOCKET_PATH}`,
    httpUrl: `${secure ? 'https' : 'http'}://${base.host}`,
    token: tokenOf(env),
    kubeconfigPath: kubeconfigOf(env, machine.homeDirectory),
    helmPath: env.APOLLO_HELM ?? 'helm',
    namespace: env.APOLLO_SPOKE_NAMESPACE ?? 'apollo-system',
    namespaces: namesIn(env.APOLLO_NAMESPACES),
    deployer: env.APOLLO_SPOKE_DEPLOYER ?? null,
    workdir: env.APOLLO_SPOKE_WORKDIR ?? `${machine.homeDirectory}/.apollo-spoke`,
    keyLifeDays: Number(env.APOLLO_KEY_LIFE_DAYS ?? KEY_LIFE_DAYS),
    maxParallel: Number(env.APOLLO_MAX_PARALLEL ?? parallelOn(machine.cores)),
    ...filesOf(env),
    pod: podOf(env),
    logLevel: env.APOLLO_LOG_LEVEL ?? 'info',
  };
}

type Files = 'healthRulesPath' | 'driftRulesPath' | 'trustedKeysPath' | 'policyPath';

function filesOf(env: Environment): Pick<SpokeConfig, Files> {
  return {
    healthRulesPath: env.APOLLO_HEALTH_RULES_FILE ?? null,
    driftRulesPath: env.APOLLO_DRIFT_RULES_FILE ?? null,
    trustedKeysPath: env.APOLLO_SPOKE_TRUSTED_KEYS ?? null,
    policyPath: env.APOLLO_SPOKE_POLICY_FILE ?? null,
  };
}

function tokenOf({
  APOLLO_SPOKE_TOKEN: token,
  APOLLO_SPOKE_TOKEN_FILE: path,
}: Environment): TokenSource | null {
  if (token !== undefined) return { kind: 'value', token };
  return path === undefined ? null : { kind: 'file', path };
}

function namesIn(text: string | undefined): readonly string[] {
  return text === undefined ? [] : text.split(',');
}

/** A kubeconfig leads to a cluster that need not be this pod's. */
function podOf(env: Environment): PodIdentity | null {
  if (kubeconfigOf(env, '') !== null) return null;
  const [namespace, name] = [env.APOLLO_POD_NAMESPACE, env.APOLLO_POD_NAME];
  const [uid, node] = [env.APOLLO_POD_UID, env.APOLLO_NODE_NAME];
  if (namespace === undefined || name === undefined) return null;
  return uid === undefined || node === undefined ? null : { namespace, name, uid, node };
}

function kubeconfigOf(env: Environment, homeDirectory: string): string | null {
  const named = env.APOLLO_KUBECONFIG ?? env.KUBECONFIG;
  if (named !== undefined) return named;
  return env.KUBERNETES_SERVICE_HOST === undefined ? `${homeDirectory}/.kube/config` : null;
}

/** The known variables that are set; an empty one counts as not set. */
function pick(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.keys(ACCEPTED).flatMap((name) => {
      const value = env[name];
      return value === undefined || value === '' ? [] : [[name, value]];
    }),
  );
}

/** Of other programs' settings, none is so near to one of a spoke's. */
const SLIPS = 2;

/** Variables that were meant for a spoke. One that should have made it stricter would do nothing. */
function unknown(env: Readonly<Record<string, string | undefined>>): readonly ConfigProblem[] {
  return Object.entries(env).flatMap(([variable, text = '']) => {
    if (
      !variable.startsWith('APOLLO_') ||
      variable in ACCEPTED ||
      text === '' ||
      isServiceVariable(variable, text)
    )
      return [];
    const nearest = nearestName(variable, Object.keys(ACCEPTED));
    const isSlip = nearest !== undefined && nearest.changes <= SLIPS;
    if (!isSlip && !variable.startsWith('APOLLO_SPOKE_')) return [];
    const message = `${variable} is no setting of a spoke; did you mean ${nearest?.name ?? 'none'}? Correct its name, or take it away`;
    return [{ code: 'config/unknown', variable, message }];
  });
}

function missing(given: Readonly<Record<string, string>>): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const demand = (variable: Variable, hint = ''): void => {
    const message = `${variable} is not set${hint}; give ${ACCEPTED[variable]}`;
    problems.push({ code: 'config/missing', variable, message });
  };
  if (given['APOLLO_HUB_URL'] === undefined) demand('APOLLO_HUB_URL');
  const pod = POD_VARIABLES.filter((variable) => given[variable] !== undefined);
  if (pod.length > 0) {
    for (const variable of POD_VARIABLES.filter((one) => !pod.includes(one))) {
      demand(variable, `, but ${pod.join(' and ')} ${pod.length > 1 ? 'are' : 'is'}`);
    }
  }
  return problems;
}

/** Not what is a secret, nor an address with a name and password in it. */
function shownValue(variable: string, value = ''): string {
  if (variable === 'APOLLO_SPOKE_TOKEN' || value.includes('@'))
    return 'not usable (its value is not shown)';
  return JSON.stringify(shorten(value));
}

function invalid(given: Readonly<Record<string, string>>): readonly ConfigProblem[] {
  const wrong = new Set(
    environmentCheck
      .Errors(given)
      .map(({ instancePath }) => instancePath.slice(1))
      .filter((name) => name in given),
  );
  return [...wrong].map((variable) => ({
    code: 'config/invalid',
    variable,
    message: `${variable} is ${shownValue(variable, given[variable])}; give ${ACCEPTED[variable as Variable]}`,
  }));
}
