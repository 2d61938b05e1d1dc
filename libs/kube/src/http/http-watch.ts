import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { InvariantViolation, type Result } from '@apollo-deploy/kernel';
import type { KubeKind, KubeObject } from '../kube-object.js';
import type { KubeRefusal } from '../kube-refusal.js';
import { KubeUnavailable } from '../kube-unavailable.js';
import type { WatchEnd, WatchEvent, WatchHandle } from '../kube-watch.js';
import { JsonLines } from './json-lines.js';
import { refusalFromObject, refusalFromStatus } from './refusal-from-status.js';
import { retryAfterMs } from './retry-after.js';

const GONE = 410;

interface WireEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: KubeObject;
}

const CHANGE_TYPES = { ADDED: 'added', MODIFIED: 'modified', DELETED: 'deleted' } as const;

/** One watch request and its stream of line-delimited JSON, turned into `WatchEvent`s. */
export class HttpWatch implements WatchHandle {
  private readonly abort = new AbortController();
  private response: IncomingMessage | null = null;
  private ended = false;

  constructor(
    private readonly kind: KubeKind,
    private readonly handler: (event: WatchEvent) => void,
  ) {}

  /** Runs the watch to its end; never rejects, the end is an event. */
  async run(
    open: (signal: AbortSignal) => Promise<Result<IncomingMessage, KubeRefusal>>,
  ): Promise<void> {
    try {
      const opened = await open(this.abort.signal);
      if (!opened.ok) return this.end({ type: 'refused', refusal: opened.error });
      const status = opened.value.statusCode ?? 0;
      if (status === 200) this.follow(opened.value);
      else this.end(await endFromStatus(status, opened.value));
    } catch (cause) {
      this.end({
        type: 'broken',
        error: cause instanceof KubeUnavailable ? cause : broken(cause),
      });
    }
  }

  stop(): void {
    this.ended = true;
    this.disconnect();
  }

  private follow(response: IncomingMessage): void {
    this.response = response;
    if (this.ended) return this.disconnect();
    const lines = new JsonLines();
    response.on('data', (chunk: Buffer) => {
      for (const line of lines.push(chunk)) this.take(line);
    });
    response.once('end', () => this.end({ type: 'closed' }));
    response.on('error', (cause) => this.end({ type: 'broken', error: broken(cause) }));
    response.once('close', () => this.end({ type: 'broken', error: broken(undefined) }));
  }

  private take(line: string): void {
    if (this.ended) return;
    const event = parseEvent(line);
    if (event instanceof KubeUnavailable) this.end({ type: 'broken', error: event });
    else if (event.type === 'ERROR') this.end(endFromError(event.object));
    else if (event.type === 'BOOKMARK') this.handler(bookmark(event.object));
    else {
      const { apiVersion, kind } = this.kind;
      this.handler({
        type: CHANGE_TYPES[event.type],
        object: { ...event.object, apiVersion, kind },
      });
    }
  }

  private end(end: WatchEnd): void {
    if (this.ended) return;
    this.ended = true;
    this.disconnect();
    this.handler(end);
  }

  private disconnect(): void {
    // Once there is a response, aborting its request could hit a socket already given back.
    if (this.response === null) this.abort.abort();
    else this.response.destroy();
  }
}

function parseEvent(line: string): WireEvent | KubeUnavailable {
  try {
    return JSON.parse(line) as WireEvent;
  } catch (cause) {
    return broken(cause);
  }
}

function bookmark(object: KubeObject): WatchEvent {
  const { resourceVersion } = object.metadata;
  if (resourceVersion === undefined) throw new InvariantViolation('bookmark without version');
  return { type: 'bookmark', resourceVersion };
}

async function endFromStatus(status: number, response: IncomingMessage): Promise<WatchEnd> {
  const body = await text(response);
  if (status === GONE) return { type: 'expired' };
  const refusal = refusalFromStatus(status, body);
  if (status < 500 && status !== 429) return { type: 'refused', refusal };
  const wait = { cause: refusal, retryAfterMs: retryAfterMs(response) };
  return { type: 'broken', error: new KubeUnavailable(refusal.message, wait) };
}

function endFromError(status: Readonly<Record<string, unknown>>): WatchEnd {
  const code = typeof status['code'] === 'number' ? status['code'] : 0;
  if (code === GONE) return { type: 'expired' };
  const refusal = refusalFromObject(code, status, 'the watch ended with an error');
  if (code >= 400 && code < 500 && code !== 429) return { type: 'refused', refusal };
  return { type: 'broken', error: new KubeUnavailable(refusal.message, { cause: refusal }) };
}

function broken(cause: unknown): KubeUnavailable {
  const why = cause instanceof Error ? cause.message : 'the connection was cut';
  return new KubeUnavailable(`a watch on the Kubernetes API broke: ${why}`, { cause });
}
