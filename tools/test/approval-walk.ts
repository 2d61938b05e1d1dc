import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '@apollo-deploy/local-cluster/testing';
import { expect } from '@jest/globals';
import { type Body, type HubClient } from '../../apps/hub/test/support/hub-client.js';
import { testChart } from '../../apps/hub/test/support/test-chart.js';

const API = '/api/v1';
const DAY_MS = 24 * 3_600_000;

/** The parts of a plan that people are asked about. */
export interface WaitingPlan {
  readonly id: string;
  readonly digest: string;
  readonly state: string;
  readonly violations: readonly { readonly code: string }[];
  readonly approval: {
    readonly satisfied: boolean;
    readonly gates: readonly { readonly rule: string; readonly missing: readonly string[] }[];
    readonly approvals: readonly { readonly by: string }[];
  };
}

interface Answer {
  readonly status: number;
  readonly body: Body;
}

/** Plays the example accounts of a system as `npm start` makes it, and `dev-operator`. */
export class ApprovalWalk {
  private constructor(
    readonly hub: HubClient,
    private readonly tokens: Readonly<Record<string, string>>,
  ) {}

  /** `home`: the folder of the system, with the tokens of its accounts. */
  static async of(hub: HubClient, home: string): Promise<ApprovalWalk> {
    const tokens = await readFile(join(home, 'tokens.json'), 'utf8');
    return new ApprovalWalk(hub, JSON.parse(tokens) as Readonly<Record<string, string>>);
  }

  /** One of the example accounts sends something; answers the status and the body. */
  async as(name: string, method: string, path: string, body?: object): Promise<Answer> {
    const response = await fetch(`${this.hub.url}${API}/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.tokens[name] ?? ''}`,
        'content-type': 'application/json',
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Body) };
  }

  approve(name: string, { id, digest }: Pick<WaitingPlan, 'id' | 'digest'>): Promise<Answer> {
    return this.as(name, 'POST', `plans/${id}/approve`, { digest });
  }

  /** Makes the product with release 1.0.0, and wants it on spoke `dev`. */
  async wantedInDev(product: string, criticality = 'low'): Promise<void> {
    await this.hub.post(`${API}/products`, { name: product, criticality });
    await this.released(product, '1.0.0');
    const dev = { spoke: 'dev', product, desired: { channel: 'dev' } };
    await this.hub.put(`${API}/entities/${product}-dev`, dev);
  }

  async released(product: string, version: string): Promise<void> {
    await this.hub.release(product, version, await testChart(product, version));
  }

  /** There is a product, and it runs in dev. */
  async runsInDev(product: string, criticality = 'low'): Promise<void> {
    await this.wantedInDev(product, criticality);
    await this.hub.status(`${product}-dev`, 'up_to_date');
  }

  /** Wants the product in an environment of which people are asked; `dev-operator` does. */
  async wanted(
    product: string,
    { values = {}, version = '1.0.0', on = 'prod' }: Wanted = {},
  ): Promise<void> {
    const desired = { version };
    await this.hub.put(`${API}/entities/${product}-${on}`, { spoke: on, product, desired, values });
  }

  /** The newest plan, once people are asked about it. */
  waiting(product: string, besides?: string, on = 'prod'): Promise<WaitingPlan> {
    return eventually(`a plan of ${product} that waits for people`, async () => {
      const plan = await this.newest(product, on);
      const asks = plan?.violations.some(({ code }) => code === 'approval') === true;
      return asks && plan.id !== besides ? plan : undefined;
    });
  }

  /** Which roles have still to approve the newest plan, evaluated just now; it has to be BLOCKED. */
  async missing(product: string, on = 'prod'): Promise<readonly string[]> {
    await this.hub.post(`${API}/evaluations`, { entity: `${product}-${on}` });
    const plan = await this.newest(product, on);
    expect(plan?.state).toBe('BLOCKED');
    return plan?.approval.gates.flatMap((gate) => gate.missing) ?? [];
  }

  /** Plan number `index` (from 0) of the product in prod succeeds. */
  async runs(product: string, index = 0): Promise<void> {
    expect(await this.hub.ended(`${product}-prod`, index)).toMatchObject({ state: 'SUCCEEDED' });
  }

  /** The product is frozen for so many days; answers how to lift that. */
  async frozen(product: string, days = 1): Promise<{ end: string; lift(): Promise<void> }> {
    const start = new Date().toISOString();
    const end = new Date(Date.now() + days * DAY_MS).toISOString();
    const freeze = { start, end, reason: 'the fair', scope: { products: [product] } };
    const { id } = await this.hub.post(`${API}/suppressions`, freeze);
    return { end, lift: () => this.hub.delete(`${API}/suppressions/${String(id)}`) };
  }

  /** Gives a person these roles, and no others. */
  async roles(person: string, roles: readonly string[]): Promise<void> {
    const { status } = await this.as('admin', 'PUT', `people/${person}/roles`, { roles });
    expect(status).toBe(200);
  }

  private async newest(product: string, on: string): Promise<WaitingPlan | undefined> {
    const { items } = await this.hub.list<WaitingPlan>(
      `${API}/plans?entity=${product}-${on}&limit=1`,
    );
    return items[0];
  }
}

interface Wanted {
  readonly values?: object;
  readonly version?: string;
  readonly on?: string;
}
