import { CountingIds } from '@apollo-deploy/orchestration';
import { describe, expect, it } from '@jest/globals';
import { FakeSocket } from '../testing/spokes/fake-socket.js';
import { VirtualTime } from '../testing/spokes/virtual-time.js';
import { FrameSender } from './frame-sender.js';

const MIB = 1024 * 1024;

/** A socket whose kernel takes a frame only when it is told to. */
class SlowSocket extends FakeSocket {
  private readonly written: ((error: null) => void)[] = [];

  override send(text: string, written: (error?: Error | null) => void): void {
    super.send(text, () => undefined);
    this.written.push(written);
  }

  takeOne(): void {
    // As Node says that all went well.
    this.written.shift()?.(null);
  }
}

function scene() {
  const socket = new SlowSocket();
  const time = new VirtualTime();
  const stuck: string[] = [];
  const room: number[] = [];
  const sender = new FrameSender({
    socket,
    clock: time,
    ids: new CountingIds(),
    timer: time,
    onStuck: (reason) => stuck.push(reason),
    onRoom: () => room.push(socket.bufferedAmount),
  });
  return { socket, time, stuck, room, sender };
}

describe('the sender of frames', () => {
  it('names epoch, time and an id of its own in each frame', () => {
    const { sender, socket } = scene();
    sender.epoch = 7;
    sender.send('ack', {}, { re: 'm-1' });
    sender.send('state.request', {}, { id: 'given' });
    const ts = '2026-01-05T09:00:00.000Z';
    expect(socket.sent).toEqual([
      { v: 1, t: 'ack', id: 'id-1', epoch: 7, ts, re: 'm-1', p: {} },
      { v: 1, t: 'state.request', id: 'given', epoch: 7, ts, p: {} },
    ]);
  });

  it.each([
    { name: '1 MiB waits to be read', bufferedAmount: MIB, expected: false },
    { name: 'a byte more waits', bufferedAmount: MIB + 1, expected: true },
  ])('is congested=$expected where $name', ({ bufferedAmount, expected }) => {
    const { sender, socket } = scene();
    socket.bufferedAmount = bufferedAmount;
    expect(sender.congested()).toBe(expected);
  });

  it.each([
    { name: '4 MiB wait to be read', bufferedAmount: 4 * MIB, expected: 0 },
    { name: 'a byte more waits', bufferedAmount: 4 * MIB + 1, expected: 1 },
  ])('gives a spoke up $expected times where $name', ({ bufferedAmount, expected }) => {
    const { sender, socket, stuck } = scene();
    socket.bufferedAmount = bufferedAmount;
    sender.send('ack', {});
    sender.send('ack', {});
    expect(stuck).toHaveLength(expected);
  });

  it('gives a spoke up that has read nothing for 30 s', () => {
    const { sender, time, stuck } = scene();
    sender.send('ack', {});
    time.advance(29_999);
    expect(stuck).toEqual([]);
    time.advance(1);
    expect(stuck).toEqual([
      'no frame could be sent for 30 s: the spoke reads too slowly, or not at all',
    ]);
  });

  it('keeps a spoke that reads slowly but does', () => {
    const { sender, socket, time, stuck } = scene();
    for (let count = 0; count < 3; count += 1) sender.send('ack', {});
    for (let count = 0; count < 3; count += 1) {
      time.advance(29_999);
      socket.takeOne();
    }
    time.advance(60_000);
    expect(stuck).toEqual([]);
  });

  it('gives a spoke up that has read something, and then nothing for 30 s', () => {
    const { sender, socket, time, stuck } = scene();
    for (let count = 0; count < 3; count += 1) sender.send('ack', {});
    socket.takeOne();
    time.advance(30_000);
    expect(stuck).toEqual([
      'no frame could be sent for 30 s: the spoke reads too slowly, or not at all',
    ]);
  });

  it('says once that there is room again for what it held back', () => {
    const { sender, socket, room } = scene();
    for (let count = 0; count < 4; count += 1) sender.send('ack', {});
    socket.takeOne();
    expect(room).toEqual([]);
    socket.bufferedAmount = MIB + 1;
    expect(sender.congested()).toBe(true);
    socket.takeOne();
    expect(room).toEqual([]);
    socket.bufferedAmount = MIB;
    socket.takeOne();
    socket.takeOne();
    expect(room).toEqual([MIB]);
  });

  it('sends nothing and waits for nothing once it is closed', () => {
    const { sender, socket, time } = scene();
    sender.send('ack', {});
    sender.close();
    sender.send('ack', {});
    expect(socket.sent).toHaveLength(1);
    expect(time.pending).toEqual([]);
  });
});
