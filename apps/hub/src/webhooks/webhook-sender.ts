import {
  type FailedAttempt,
  type Notification,
  secretsAt,
  type Webhook,
} from '@apollo-deploy/domain';
import { err, ok, type Result } from '@apollo-deploy/kernel';
import type { Clock } from '@apollo-deploy/orchestration';
import { HUB_VERSION } from '../platform/hub-version.js';
import type { Timer } from '../spokes/timer.js';
import { type Answered, postMessage } from './post-message.js';
import type { ReceiverAddresses } from './receiver-addresses.js';
import { notBeforeOf } from './retry-after.js';
import { signedHeaders } from './sign-message.js';
import { tellCertificate } from './tell-certificate.js';

/** From the name of the host to the status of the answer. */
const TIMEOUT_MS = 15_000;
const GONE = 410;
/** Who is asked to come back later has not said no. */
const LATER: readonly number[] = [408, 425, 429];
const CONTENT_TYPES = {
  standard: 'application/cloudevents+json; charset=utf-8',
  slack: 'application/json; charset=utf-8',
} as const satisfies Record<Webhook['kind'], string>;

export interface WebhookSenderOptions {
  readonly addresses: ReceiverAddresses;
  readonly clock: Clock;
  readonly timer: Timer;
  /** Whose certificates are believed, in PEM; absent = those that Node.js believes. */
  readonly authorities?: readonly string[];
}

/** The hub stops: whether a message has arrived is not known, and it is sent again later. */
export class SendingStopped extends Error {
  override readonly name = 'SendingStopped';
  readonly retryable = true;
}

/** Sends messages to webhooks, each within 15 s; only an answer of 2xx says that one was taken. */
export class WebhookSender {
  private readonly sending = new Set<AbortController>();
  private stopped = false;

  constructor(private readonly options: WebhookSenderOptions) {}

  /** Sends once; answers the status. Throws `SendingStopped` where the hub stops meanwhile. */
  async send(
    webhook: Webhook,
    { id, body }: Pick<Notification, 'id' | 'body'>,
  ): Promise<Result<number, FailedAttempt>> {
    const text = JSON.stringify(body);
    const cancelling = new AbortController();
    this.sending.add(cancelling);
    const { timer, clock } = this.options;
    try {
      if (this.stopped) throw new SendingStopped('the hub stops');
      const answered = await this.withinTime(webhook, { id, text }, cancelling, timer);
      if (!answered.ok) return answered;
      return judge(answered.value, clock.now());
    } finally {
      this.sending.delete(cancelling);
    }
  }

  /** Ends what is being sent, and sends nothing any more. */
  stop(): void {
    this.stopped = true;
    for (const one of this.sending) one.abort(new SendingStopped('the hub stops'));
  }

  private async withinTime(
    webhook: Webhook,
    message: { readonly id: string; readonly text: string },
    cancelling: AbortController,
    timer: Timer,
  ): Promise<Result<Answered, FailedAttempt>> {
    const { signal } = cancelling;
    const ended = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => {
        reject(signal.reason as Error);
      });
    });
    const cancelTimer = timer.after(TIMEOUT_MS, () => {
      cancelling.abort(new Error(`no answer within ${String(TIMEOUT_MS / 1000)} s`));
    });
    try {
      return await Promise.race([this.attempt(webhook, message, signal), ended]);
    } catch (error) {
      if (signal.reason instanceof SendingStopped) throw signal.reason;
      const why = signal.aborted ? (signal.reason as Error) : (error as Error);
      const distrusted = tellCertificate(why, new URL(webhook.url).hostname);
      const detail = distrusted ?? `the receiver did not answer: ${why.message}`;
      return err({ kind: 'unavailable', detail });
    } finally {
      cancelTimer();
    }
  }

  private async attempt(
    webhook: Webhook,
    { id, text }: { readonly id: string; readonly text: string },
    signal: AbortSignal,
  ): Promise<Result<Answered, FailedAttempt>> {
    const destination = await this.options.addresses.find(webhook.url);
    if (!destination.ok) return err({ kind: 'unavailable', detail: destination.error });
    const sentAt = this.options.clock.now();
    const headers = {
      'content-type': CONTENT_TYPES[webhook.kind],
      'content-length': String(Buffer.byteLength(text)),
      'user-agent': `apollo/${HUB_VERSION}`,
      ...signedHeaders({ id, sentAt, text }, secretsAt(webhook, sentAt)),
    };
    signal.throwIfAborted();
    const { authorities } = this.options;
    const sending = { signal, ...(authorities !== undefined && { authorities }) };
    return ok(await postMessage(destination.value, { headers, text }, sending));
  }
}

function judge({ status, retryAfter }: Answered, now: Date): Result<number, FailedAttempt> {
  if (status >= 200 && status < 300) return ok(status);
  const answered = `the receiver answered ${String(status)}`;
  if (status === GONE) return err({ kind: 'gone', detail: `${answered} (gone)` });
  if (status >= 300 && status < 400) {
    const detail = `${answered}, and redirections are not followed; name its own address`;
    return err({ kind: 'refused', detail });
  }
  const isAway = status >= 500 || LATER.includes(status);
  const notBefore = isAway ? notBeforeOf(retryAfter, now) : undefined;
  const kind = isAway ? 'unavailable' : 'refused';
  return err({ kind, detail: answered, ...(notBefore !== undefined && { notBefore }) });
}
