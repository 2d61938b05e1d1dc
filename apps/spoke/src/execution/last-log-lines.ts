import type { PodDiagnosis } from '@apollo-deploy/k8s-status';
import type { KubeApi } from '@apollo-deploy/kube';

const LINES = 20;
const CHARACTERS = 2000;

/**
 * The last log lines of the container that a diagnosis blames, from the life it blames; of this one
 * where the one before is not kept. Null where there is none to show. Throws `KubeUnavailable`.
 */
export async function lastLogLines(
  kube: KubeApi,
  pod: PodDiagnosis | undefined,
): Promise<string | null> {
  if (pod?.log === undefined || pod.namespace === undefined) return null;
  const query = {
    namespace: pod.namespace,
    name: pod.pod,
    ...(pod.container !== undefined && { container: pod.container }),
    tailLines: LINES,
  };
  const previous = pod.log === 'previous' ? await kube.podLogs({ ...query, previous: true }) : null;
  const found = previous?.ok === true ? previous : await kube.podLogs(query);
  const text = found.ok ? found.value.trim() : '';
  return text === '' ? null : text.slice(-CHARACTERS);
}
