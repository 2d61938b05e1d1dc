import { describe, expect, it } from '@jest/globals';
import { FakeSocket } from '../testing/spokes/fake-socket.js';
import { FrameQueue } from './frame-queue.js';

/** Handles a frame only when it is told to. */
class Handler {
  readonly begun: string[] = [];
  private release: (() => void)[] = [];

  readonly handle = (text: string): Promise<void> => {
    this.begun.push(text);
    return new Promise((resolve) => this.release.push(resolve));
  };

  async finishOne(): Promise<void> {
    this.release.shift()?.();
    await Promise.resolve();
    await Promise.resolve();
  }
}

function scene() {
  const socket = new FakeSocket();
  const handler = new Handler();
  return { socket, handler, queue: new FrameQueue(socket, handler.handle) };
}

describe('the queue of frames', () => {
  it('handles one frame at a time, in order', async () => {
    const { queue, handler } = scene();
    for (const text of ['a', 'b', 'c']) queue.push(text);
    expect(handler.begun).toEqual(['a']);
    await handler.finishOne();
    expect(handler.begun).toEqual(['a', 'b']);
    await handler.finishOne();
    await handler.finishOne();
    await queue.settled();
    expect(handler.begun).toEqual(['a', 'b', 'c']);
    expect(queue.busy).toBe(false);
  });

  it('stops reading the socket at 256 waiting frames, and reads again at half of that', async () => {
    const { queue, handler, socket } = scene();
    for (let count = 0; count < 256; count += 1) queue.push('x');
    expect(socket.reading).toBe(true);
    queue.push('x');
    expect(socket.reading).toBe(false);
    for (let count = 0; count < 128; count += 1) await handler.finishOne();
    expect(socket.reading).toBe(false);
    await handler.finishOne();
    await handler.finishOne();
    expect(socket.reading).toBe(true);
  });

  it('stops reading the socket at 4 MiB of waiting frames', () => {
    const { queue, socket } = scene();
    const megabyte = 'x'.repeat(1024 * 1024);
    for (let count = 0; count < 4; count += 1) queue.push(megabyte);
    expect(socket.reading).toBe(true);
    queue.push(megabyte);
    expect(socket.reading).toBe(false);
  });

  it('forgets what waits when it is closed, and finishes what it has begun', async () => {
    const { queue, handler } = scene();
    for (const text of ['a', 'b']) queue.push(text);
    queue.close();
    queue.push('c');
    await handler.finishOne();
    await queue.settled();
    expect(handler.begun).toEqual(['a']);
  });
});
