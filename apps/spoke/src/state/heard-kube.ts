import type { KubeApi } from '@apollo-deploy/kube';

/**
 * The same cluster, where `hear` is called for every word that comes from it: answers, refusals, and
 * whatever a watch brings. What a cache answers is no word, and neither is an outage.
 */
export function heardKube(kube: KubeApi, hear: () => void): KubeApi {
  const heard = async <T>(asked: Promise<T>): Promise<T> => {
    const answer = await asked;
    hear();
    return answer;
  };
  return {
    get: (ref) => heard(kube.get(ref)),
    list: (kind, selection) => heard(kube.list(kind, selection)),
    create: (object) => heard(kube.create(object)),
    replace: (object, options) => heard(kube.replace(object, options)),
    delete: (ref, options) => heard(kube.delete(ref, options)),
    apply: (object, options) => heard(kube.apply(object, options)),
    podLogs: (query) => heard(kube.podLogs(query)),
    watch: (kind, selection, handler) =>
      kube.watch(kind, selection, (event) => {
        if (event.type !== 'broken') hear();
        handler(event);
      }),
    serverVersion: () => kube.serverVersion(),
    resources: (options) => kube.resources(options),
  };
}
