import { eventually } from '@apollo-deploy/local-cluster/testing';

/** Any JSON object of the API; tests look at single members. */
export type Body = Readonly<Record<string, unknown>>;

/** The parts of a plan that tests look at. */
export interface PlanBody {
  readonly id: string;
  readonly digest: string;
  readonly type: string;
  readonly state: string;
  readonly phase?: string;
  readonly outcome?: string;
  readonly message?: string;
  readonly to: Body | null;
  readonly rollbackTarget?: Body;
  readonly attempt: number;
  readonly createdAt: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly cancelReason?: string;
  readonly violations: readonly { readonly code: string; readonly message: string }[];
  readonly evidence?: Body;
}

/** The parts of an entity that tests look at. */
export interface EntityBody {
  readonly name: string;
  readonly status: string;
  readonly why: string;
  readonly reported: {
    readonly version: string;
    readonly revision: number;
    readonly health: string;
    readonly drifted: boolean;
  } | null;
}

const FINAL = ['SUCCEEDED', 'FAILED', 'CANCELLED', 'ROLLED_BACK', 'UNKNOWN'];

/** Plays the person with curl. */
export class HubClient {
  constructor(readonly url: string) {}

  async ready(): Promise<void> {
    await eventually('the hub to be ready', async () => {
      // A refused connection is what is waited out.
      const [answer] = await Promise.allSettled([fetch(`${this.url}/readyz`)]);
      return answer.status === 'fulfilled' && answer.value.ok ? true : undefined;
    });
  }

  async request(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    const form = body instanceof FormData;
    const json = body !== undefined && !form;
    return fetch(`${this.url}${path}`, {
      method,
      ...(body !== undefined && { body: form ? body : JSON.stringify(body) }),
      headers: { ...(json && { 'content-type': 'application/json' }), ...headers },
    });
  }

  async get<T = Body>(path: string): Promise<T> {
    return (await this.expectOk(await this.request('GET', path))) as T;
  }

  async list<T = Body>(path: string): Promise<{ readonly items: readonly T[] }> {
    return this.get(path);
  }

  async post(path: string, body: unknown): Promise<Body> {
    return this.expectOk(await this.request('POST', path, body));
  }

  async put(path: string, body: unknown): Promise<Body> {
    return this.expectOk(await this.request('PUT', path, body));
  }

  async delete(path: string): Promise<void> {
    const response = await this.request('DELETE', path);
    if (!response.ok) throw new Error(`${String(response.status)} ${await response.text()}`);
  }

  /** Registers a release and puts it into channel `dev`. */
  async release(
    product: string,
    version: string,
    chart: Uint8Array,
    dependencies: readonly { readonly product: string; readonly range: string }[] = [],
  ): Promise<void> {
    const form = new FormData();
    form.set('product', product);
    form.set('version', version);
    form.set('dependencies', JSON.stringify(dependencies));
    form.set('chart', new Blob([new Uint8Array(chart)]), `${product}-${version}.tgz`);
    await this.post('/api/v1/releases', form);
    await this.post('/api/v1/channels/dev/releases', { product, version });
  }

  async entity(name: string): Promise<EntityBody> {
    return this.get<EntityBody>(`/api/v1/entities/${name}`);
  }

  /** The plans of an entity, oldest first. */
  async plans(entity: string): Promise<readonly PlanBody[]> {
    const { items } = await this.list<PlanBody>(`/api/v1/plans?entity=${entity}&limit=200`);
    return [...items].reverse();
  }

  /** Waits until an entity has the status. */
  async status(entity: string, status: string): Promise<EntityBody> {
    let last: EntityBody | undefined;
    try {
      return await eventually(`${entity} to be ${status}`, async () => {
        last = await this.entity(entity);
        return last.status === status ? last : undefined;
      });
    } catch (error) {
      throw new Error(`${entity}: ${JSON.stringify(last)}`, { cause: error });
    }
  }

  /** Waits until the entity's plan number `index` (from 0) has ended. */
  async ended(entity: string, index: number): Promise<PlanBody> {
    let last: readonly PlanBody[] = [];
    try {
      return await eventually(`plan ${String(index)} of ${entity} to end`, async () => {
        last = await this.plans(entity);
        const plan = last[index];
        return plan !== undefined && FINAL.includes(plan.state) ? plan : undefined;
      });
    } catch (error) {
      throw new Error(`${entity}: ${JSON.stringify(last)}`, { cause: error });
    }
  }

  private async expectOk(response: Response): Promise<Body> {
    const text = await response.text();
    if (!response.ok) throw new Error(`${String(response.status)} ${response.url}: ${text}`);
    return JSON.parse(text) as Body;
  }
}
