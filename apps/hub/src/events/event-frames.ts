import type { StoredEvent } from '@apollo-deploy/orchestration';

/** How soon a reader whose connection ended should come again, in milliseconds. */
const RETRY_MS = 2000;

export const RETRY_FRAME = `retry: ${String(RETRY_MS)}\n\n`;

/** One event of `text/event-stream`. */
export function eventFrame(event: StoredEvent): string {
  return `id: ${event.id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

/** Tells a reader how far it is, without an event; it reads on there if its connection ends. */
export function positionFrame(id: string): string {
  return `id: ${id}\n\n`;
}

/** Keeps proxies from taking the connection for dead. */
export const HEARTBEAT_FRAME = ': still here\n\n';

/** Tells a reader that what it has may be out of date, and where it goes on. */
export function resetFrame(id: string, unknown: string): string {
  const data = {
    type: 'reset',
    after: unknown,
    message:
      'the events after this id are not known any more; read anew what you show, and go on from here',
  };
  return `id: ${id}\nevent: reset\ndata: ${JSON.stringify(data)}\n\n`;
}
