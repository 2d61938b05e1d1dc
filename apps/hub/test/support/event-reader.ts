/** One event as a browser's `EventSource` hands it on. */
export interface ReadEvent {
  readonly id: string;
  readonly type: string;
  readonly data: {
    readonly type: string;
    readonly subject: { readonly kind: string; readonly name: string };
    readonly data: Readonly<Record<string, unknown>>;
  };
}

/** Plays a browser's `EventSource` for one connection: reads the fields of the stream by its rules. */
export class EventReader {
  /** What `Last-Event-ID` says on the next connection. */
  lastId: string;
  readonly events: ReadEvent[] = [];
  comments = 0;
  retryMs = 0;
  /** Resolves when the stream has ended, however. */
  readonly ended: Promise<void>;
  private readonly abort = new AbortController();
  private onChange: () => void = () => undefined;
  private over = false;

  private constructor(
    readonly response: Response,
    lastId: string,
    abort: AbortController,
  ) {
    this.lastId = lastId;
    this.abort = abort;
    this.ended = this.read();
  }

  static async open(
    url: string,
    lastId = '',
    query = '',
    credentials: Readonly<Record<string, string>> = {},
  ): Promise<EventReader> {
    const abort = new AbortController();
    const response = await fetch(`${url}/api/v1/events${query}`, {
      headers: { ...credentials, ...(lastId !== '' && { 'last-event-id': lastId }) },
      signal: abort.signal,
    });
    return new EventReader(response, lastId, abort);
  }

  /** The first `count` events that are wanted; waits for them. Fails if the stream ends before. */
  async first(
    count: number,
    wanted: (event: ReadEvent) => boolean = () => true,
  ): Promise<readonly ReadEvent[]> {
    for (;;) {
      const found = this.events.filter(wanted);
      if (found.length >= count) return found.slice(0, count);
      if (this.over) throw new Error(`the stream ended after ${String(found.length)} events`);
      await new Promise<void>((resolve) => (this.onChange = resolve));
    }
  }

  /** Waits until the stream has told a position. */
  async positioned(): Promise<void> {
    while (this.lastId === '' && !this.over) {
      await new Promise<void>((resolve) => (this.onChange = resolve));
    }
  }

  async close(): Promise<void> {
    this.abort.abort();
    await this.ended;
  }

  private async read(): Promise<void> {
    // A connection that breaks is an end like any other.
    await Promise.allSettled([this.takeAll()]);
    this.over = true;
    this.onChange();
  }

  private async takeAll(): Promise<void> {
    let rest = '';
    const decoder = new TextDecoder();
    for await (const chunk of (this.response.body ?? []) as AsyncIterable<Uint8Array>) {
      const blocks = (rest + decoder.decode(chunk, { stream: true })).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) this.take(block);
      this.onChange();
    }
  }

  private take(block: string): void {
    const fields = block.split('\n').map((line): readonly [string, string] => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, '')];
    });
    const field = (name: string): string | undefined => fields.find(([key]) => key === name)?.[1];
    this.comments += field('') === undefined ? 0 : 1;
    this.retryMs = Number(field('retry') ?? this.retryMs);
    this.lastId = field('id') ?? this.lastId;
    const data = field('data');
    if (data === undefined) return;
    const parsed = JSON.parse(data) as ReadEvent['data'];
    this.events.push({ id: this.lastId, type: field('event') ?? 'message', data: parsed });
  }
}
