import { KubeUnavailable, type KubeApi } from '@apollo-deploy/kube';

/**
 * - `lost`: the request does not reach the cluster
 * - `unanswered`: it takes effect, and its answer is lost
 * - `fatal`: whoever would send it dies before
 */
export type KubeFault = 'lost' | 'unanswered' | 'fatal';

/** A request before it is sent: counted from 1, with the method and the kind it is about. */
export type RequestMatcher = (count: number, method: string, kind: string) => boolean;

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
  const send = async <T>(method: string, kind: string, ask: () => Promise<T>): Promise<T> => {
    requests += 1;
    if (met && fault === 'fatal') return never;
    if (met || !at(requests, method, kind)) {
      const answer = await ask();
      return met && fault === 'fatal' ? never : answer;
    }
    met = true;
    settleFailed();
    if (fault === 'fatal') return never;
    if (fault === 'unanswered') await ask();
    throw new KubeUnavailable(`the ${method} was ${fault}`, { cause: null });
  };
  const methods = METHODS.map((method) => {
    const ask = kube[method].bind(kube) as (...args: unknown[]) => Promise<unknown>;
    const wrapped = (...args: unknown[]): Promise<unknown> =>
      send(method, (args[0] as { kind?: string }).kind ?? '', () => ask(...args));
    return [method, wrapped] as const;
  });
  const failing = {
    ...Object.fromEntries(methods),
    watch: kube.watch.bind(kube),
    serverVersion: () => send('serverVersion', '', () => kube.serverVersion()),
    resources: () => send('resources', '', () => kube.resources()),
  };
  return { kube: failing as unknown as KubeApi, hasFailed: () => met, failed };
}
