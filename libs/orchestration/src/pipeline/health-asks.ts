import type { Deployment, ServiceHealth, Unanswered } from '@apollo-deploy/domain';
import type { Context } from '../context.js';
import { isOutage } from '../engine/is-outage.js';

/** So many are asked for at once; the others stand in line. */
const ASKED_AT_ONCE = 20;
/** An answer that nobody took for so long says nothing of how it does now, in milliseconds. */
const OUTDATED_MS = 30_000;

/** What was said of a deployment's service, or the bug that asking met. */
interface Answer {
  readonly atMs: number;
  readonly said: ServiceHealth | Unanswered | { readonly error: unknown };
}

/**
 * Asks whoever watches services how they do, beside everything else: who answers slowly of one service
 * delays its own deployment alone. It is in memory only: where a process ends, the next one asks anew.
 */
export class HealthAsks {
  private readonly line: Deployment[] = [];
  private readonly asking = new Map<string, Promise<void>>();
  private readonly answers = new Map<string, Answer>();

  /** `onAnswer` is called whenever there is an answer to be taken. */
  constructor(
    private readonly context: Pick<Context, 'health' | 'clock'>,
    private readonly onAnswer: () => void = () => undefined,
  ) {}

  /** It was asked how the service of this deployment does, and nobody has answered yet. */
  isAsking(id: string): boolean {
    return this.asking.has(id) || this.line.some((one) => one.id === id);
  }

  /** Asks how the service of a deployment does; once, until that is answered. */
  ask(deployment: Deployment): void {
    if (this.isAsking(deployment.id)) return;
    this.line.push(deployment);
    this.next();
  }

  /**
   * Takes what was answered, if it was just now; it is not there a second time. Throws the bug that asking
   * met.
   */
  take(id: string): ServiceHealth | Unanswered | undefined {
    const now = this.context.clock.now().getTime();
    for (const [one, { atMs }] of this.answers) {
      if (now - atMs > OUTDATED_MS) this.answers.delete(one);
    }
    const said = this.answers.get(id)?.said;
    this.answers.delete(id);
    if (said !== undefined && 'error' in said) throw said.error;
    return said;
  }

  /** Resolves when everything was answered that was asked for by now; answers whether anything was. */
  async settled(): Promise<boolean> {
    const isAsked = this.asking.size > 0;
    while (this.asking.size > 0) await Promise.all(this.asking.values());
    return isAsked;
  }

  /** Asks no more; resolves when whoever was asked has answered. */
  async stop(): Promise<void> {
    this.line.length = 0;
    await this.settled();
  }

  private next(): void {
    const { health } = this.context;
    if (health === undefined) return;
    while (this.asking.size < ASKED_AT_ONCE) {
      const deployment = this.line.shift();
      if (deployment === undefined) return;
      const { id, service, environment } = deployment;
      const look = async (): Promise<ServiceHealth> => health.look(service, environment);
      this.asking.set(
        id,
        look().then(
          (said) => {
            this.noteAnswer(id, said);
          },
          (error: unknown) => {
            this.noteAnswer(id, isOutage(error) ? { unanswered: messageOf(error) } : { error });
          },
        ),
      );
    }
  }

  private noteAnswer(id: string, said: Answer['said']): void {
    this.asking.delete(id);
    this.answers.set(id, { atMs: this.context.clock.now().getTime(), said });
    this.next();
    this.onAnswer();
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
