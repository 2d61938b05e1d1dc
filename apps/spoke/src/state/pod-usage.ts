import {
  differsWidely,
  KubeUnavailable,
  sumQuantities,
  type KubeApi,
  type KubeKind,
  type KubeObject,
  type Timer,
} from '@apollo-deploy/kube';
import type { Logger } from 'pino';
import { fieldsOf, itemsOf } from './fields.js';
import type { Sight } from './release-secrets.js';

/** Quantities by resource, for example `{ cpu: '12m', memory: '30Mi' }`. */
export type Quantities = Readonly<Record<string, string>>;

export interface PodUsageOptions {
  readonly kube: Pick<KubeApi, 'list' | 'resources'>;
  readonly timer: Timer;
  /** Evenly spread over 0 ≤ x < 1. */
  readonly random: () => number;
  readonly log: Logger;
  /** Where the account may look; null: everywhere. */
  readonly sight: () => Sight | null;
  /** Called with the pods, as `namespace/name`, of which something else is told than before. */
  readonly onChange: (pods: readonly string[]) => void;
}

const POD_METRICS: KubeKind = { apiVersion: 'metrics.k8s.io/v1beta1', kind: 'PodMetrics' };
/** Metrics servers measure every 15 s to a minute. */
const ASK_EVERY_MS = 30_000;
/** A cluster that serves no metrics may do so later. */
const LOOK_AGAIN_EVERY = 10;
const LONGEST_QUANTITY = 64;
const NOT_SERVED =
  "what pods use is not told; install a metrics server, or let the spoke's account list pods of metrics.k8s.io";
const NO_ANSWER =
  'what pods use is not told while nobody answers; see whether the API server is up, and the metrics server behind it';

/**
 * What pods use now, where the cluster serves `metrics.k8s.io`. What is told of a pod stays until it
 * uses a quarter more or less, so that reports do not follow every breath. Where nothing is measured,
 * nothing is told: never zero, and nothing old.
 */
export class PodUsage {
  private told = new Map<string, Quantities>();
  private cancelTimer: () => void = () => undefined;
  private running = false;
  private asked = 0;
  private toldWhy = '';

  constructor(private readonly options: PodUsageOptions) {}

  /** Asks at once, and then about every half minute. */
  start(): void {
    this.running = true;
    void this.ask();
  }

  stop(): void {
    this.running = false;
    this.cancelTimer();
  }

  /** Undefined where nothing is measured. */
  of({ metadata: { namespace = '', name } }: KubeObject): Quantities | undefined {
    return this.told.get(`${namespace}/${name}`);
  }

  private async ask(): Promise<void> {
    const measured = await this.measured();
    if (!this.running) return;
    this.take(measured);
    const delay = ASK_EVERY_MS * (0.75 + this.options.random() / 2);
    this.cancelTimer = this.options.timer.after(delay, () => void this.ask());
  }

  private async measured(): Promise<ReadonlyMap<string, Quantities>> {
    const { kube } = this.options;
    const refresh = this.asked > 0 && this.asked % LOOK_AGAIN_EVERY === 0;
    this.asked += 1;
    try {
      const known = (await kube.resources()).find(POD_METRICS);
      const served = known ?? (refresh && (await kube.resources({ refresh })).find(POD_METRICS));
      if (!served) return this.nothing(NOT_SERVED, 'the cluster serves no metrics.k8s.io');
      const scopes = this.options.sight()?.seen ?? [undefined];
      const items: KubeObject[] = [];
      for (const namespace of scopes) {
        const listed = await kube.list(POD_METRICS, namespace === undefined ? {} : { namespace });
        if (!listed.ok) return this.nothing(NOT_SERVED, listed.error.message);
        items.push(...listed.value.items);
      }
      this.toldWhy = '';
      return new Map(items.map((item) => [keyOf(item), totals(item)]));
    } catch (error) {
      if (!(error instanceof KubeUnavailable)) throw error;
      return this.nothing(NO_ANSWER, error.message);
    }
  }

  private nothing(message: string, why: string): ReadonlyMap<string, Quantities> {
    if (this.toldWhy !== message) this.options.log.info({ why }, message);
    this.toldWhy = message;
    return new Map();
  }

  private take(measured: ReadonlyMap<string, Quantities>): void {
    const before = this.told;
    this.told = new Map(
      [...measured].map(([key, usage]) => {
        const last = before.get(key);
        return [key, last !== undefined && isNear(last, usage) ? last : usage];
      }),
    );
    const keys = new Set([...before.keys(), ...this.told.keys()]);
    const changed = [...keys].filter((key) => before.get(key) !== this.told.get(key));
    if (changed.length > 0) this.options.onChange(changed);
  }
}

function keyOf({ metadata: { namespace = '', name } }: KubeObject): string {
  return `${namespace}/${name}`;
}

function totals(metrics: KubeObject): Quantities {
  const amounts = new Map<string, string[]>();
  for (const { usage } of itemsOf(metrics['containers'])) {
    for (const [resource, amount] of Object.entries(fieldsOf(usage))) {
      amounts.set(resource, [...(amounts.get(resource) ?? []), String(amount)]);
    }
  }
  return Object.fromEntries(
    [...amounts].flatMap(([resource, stated]) => {
      const sum = sumQuantities(stated);
      return sum === null || sum.length > LONGEST_QUANTITY ? [] : [[resource, sum]];
    }),
  );
}

function isNear(last: Quantities, now: Quantities): boolean {
  const resources = new Set([...Object.keys(last), ...Object.keys(now)]);
  return [...resources].every((resource) => {
    const [before, after] = [last[resource], now[resource]];
    return before !== undefined && after !== undefined && !differsWidely(before, after);
  });
}
