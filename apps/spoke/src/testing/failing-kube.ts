import { KubeUnavailable, type KubeApi } from '@apollo-deploy/kube';

/**
 * - `lost`: the request does not reach the cluster
 * - `unanswered`: it takes effect, and its answer is lost
 * - `fatal`: whoever would send it dies before
 * - `posthumous`: it takes effect, and whoever sent it dies before the answer
 */
export type KubeFault = 'lost' | 'unanswered' | 'fatal' | 'posthumous';

/**
 * A request before it is sent: counted from 1, with the method, the kind it is about, and the object
 * it is about or brings.
 */
export type RequestMatcher = (
  count: number,
  method: string,
  kind: string,
  subject: unknown,
) => boolean;

const METHODS = ['get', 'list', 'create', 'replace', 'delete', 'apply', 'podLogs'] as const;

export interface FailingKube {
  readonly kube: KubeApi;
  /** True once a request has matched. */
  readonly hasFailed: () => boolean;
  /** Resolves when the request was met that goes wrong. */
  readonly failed: Promise<void>;
}

/** A way to a cluster on which the first request that matches goes wrong. */
export function failingKube(kube: KubeApi, fault: KubeFault, at: RequestMatcher): FailingKube {
  let requests = 0;
  let met = false;
  let settleFailed: () => void = () => undefined;
  const failed = new Promise<void>((resolve) => (settleFailed = resolve));
  const never = new Promise<never>(() => undefined);
  const kills = fault === 'fatal' || fault === 'posthumous';
  const send = async <T>(
    method: string,
    subject: { readonly kind?: string },
    ask: () => Promise<T>,
  ): Promise<T> => {
    requests += 1;
    if (met && kills) return never;
    if (met || !at(requests, method, subject.kind ?? '', subject)) {
      const answer = await ask();
      return met && kills ? never : answer;
    }
    met = true;
    if (fault === 'unanswered' || fault === 'posthumous') await ask();
    settleFailed();
    if (kills) return never;
    throw new KubeUnavailable(`the ${method} was ${fault}`, { cause: null });
  };
  const methods = METHODS.map((method) => {
    const ask = kube[method].bind(kube) as (...args: unknown[]) => Promise<unknown>;
    const wrapped = (...args: unknown[]): Promise<unknown> =>
      send(method, args[0] as { kind?: string }, () => ask(...args));
    return [method, wrapped] as const;
  });
  const failing = {
    ...Object.fromEntries(methods),
    watch: kube.watch.bind(kube),
    serverVersion: () => send('serverVersion', {}, () => kube.serverVersion()),
    resources: () => send('resources', {}, () => kube.resources()),
  };
  return { kube: failing as unknown as KubeApi, hasFailed: () => met, failed };
}
