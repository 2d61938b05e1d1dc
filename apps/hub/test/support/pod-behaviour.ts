import { eventually, type SharedTestCluster } from '@apollo-deploy/local-cluster/testing';

/** The annotation by which pods of local clusters are told what to do. */
const BEHAVIOUR = 'apollo.dev/behaviour';

interface Pod {
  readonly metadata: {
    readonly name: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

/** The pods of a service. */
interface ServicePods {
  readonly namespace: string;
  readonly app: string;
}

/** Says how pods behave from now on, once there is one that behaves as `before` says. */
export async function setBehaviour(
  cluster: SharedTestCluster,
  { namespace, app }: ServicePods,
  before: string | undefined,
  behaviour: string | null,
): Promise<void> {
  const pods = `/api/v1/namespaces/${namespace}/pods`;
  const list = { method: 'GET', path: `${pods}?labelSelector=app%3D${app}` } as const;
  const names = await eventually(`a pod of ${app} to change`, async () => {
    const { items } = JSON.parse((await cluster.send(list)).body) as { items: readonly Pod[] };
    const found = items.filter(({ metadata }) => metadata.annotations?.[BEHAVIOUR] === before);
    return found.length === 0 ? undefined : found.map(({ metadata }) => metadata.name);
  });
  const body = { metadata: { annotations: { [BEHAVIOUR]: behaviour } } };
  for (const name of names) {
    const patch = { method: 'PATCH', path: `${pods}/${name}`, body } as const;
    const { status, body: answer } = await cluster.send(patch);
    if (status !== 200) throw new Error(`pod ${name}: ${answer}`);
  }
}
