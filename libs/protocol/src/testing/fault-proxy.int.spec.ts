import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FaultProxy } from './fault-proxy.js';

/** One end of a connection: what came, and how it ended. */
class End {
  readonly chunks: Buffer[] = [];
  over = false;
  private onChange: () => void = () => undefined;

  constructor(readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => {
      this.chunks.push(chunk);
      this.onChange();
    });
    // `close` follows.
    socket.on('error', () => (this.over = true));
    socket.on('close', () => {
      this.over = true;
      this.onChange();
    });
  }

  get text(): string {
    return Buffer.concat(this.chunks).toString();
  }

  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => (this.onChange = resolve));
  }

  async got(text: string): Promise<void> {
    await this.until(() => this.text === text);
  }

  async gone(): Promise<'gone'> {
    await this.until(() => this.over);
    return 'gone';
  }
}

let server: Server;
let proxy: FaultProxy;
const ends: End[] = [];
beforeEach(async () => {
  server = createServer({ noDelay: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  proxy = await FaultProxy.start((server.address() as AddressInfo).port);
});
afterEach(async () => {
  for (const { socket } of ends.splice(0)) socket.destroy();
  await proxy.stop();
  await once(server.close(), 'close');
});

/** A connection through the proxy: the spoke's end and the hub's. */
async function dial(): Promise<{ spoke: End; hub: End }> {
  const spoke = new End(connect({ port: proxy.port, host: '127.0.0.1', noDelay: true }));
  const [socket] = (await once(server, 'connection')) as [Socket];
  const hub = new End(socket);
  ends.push(spoke, hub);
  return { spoke, hub };
}

describe('the fault proxy', () => {
  it('passes bytes on in both directions, and the end', async () => {
    const { spoke, hub } = await dial();
    spoke.socket.write('to the hub');
    await hub.got('to the hub');
    hub.socket.end('to the spoke');
    await spoke.got('to the spoke');
    expect([await spoke.gone(), await hub.gone()]).toEqual(['gone', 'gone']);
    expect(proxy.connections).toBe(1);
  });

  it('passes one byte at a time, all of them and in order', async () => {
    const { spoke, hub } = await dial();
    proxy.set('toHub', { sliceBytes: 1 });
    spoke.socket.write('abcdefgh');
    await hub.got('abcdefgh');
    expect(proxy.passed('toHub')).toBe(8);
  });

  it('delays, and holds to a rate', async () => {
    const { spoke, hub } = await dial();
    proxy.set('toHub', { latencyMs: 30, sliceBytes: 10, bytesPerSecond: 1000 });
    const begun = performance.now();
    spoke.socket.write('x'.repeat(100));
    await hub.got('x'.repeat(100));
    expect(performance.now() - begun).toBeGreaterThanOrEqual(30 + 9 * 10 - 10);
  });

  it('cuts after exactly so many bytes, once', async () => {
    const first = await dial();
    proxy.set('toHub', { bytesLeft: 5 });
    first.spoke.socket.write('abcdefgh');
    expect([await first.spoke.gone(), await first.hub.gone()]).toEqual(['gone', 'gone']);
    expect('abcde'.startsWith(first.hub.text)).toBe(true);
    const second = await dial();
    second.spoke.socket.write('abcdefgh');
    await second.hub.got('abcdefgh');
    expect(second.spoke.over).toBe(false);
  });

  it('swallows one way and passes the other', async () => {
    const { spoke, hub } = await dial();
    proxy.set('toHub', { flow: 'swallow' });
    spoke.socket.write('lost');
    hub.socket.write('heard');
    await spoke.got('heard');
    proxy.heal();
    spoke.socket.write('and back');
    await hub.got('and back');
    expect(spoke.text).toBe('heard');
  });

  it('does not tell the other side of an end in a black hole', async () => {
    const { spoke, hub } = await dial();
    proxy.blackHole();
    spoke.socket.end('lost');
    expect(await spoke.gone()).toBe('gone');
    expect([hub.over, hub.text]).toEqual([false, '']);
  });

  it('does not read while it stalls, so that the sender notices', async () => {
    const { spoke, hub } = await dial();
    proxy.set('toHub', { flow: 'stall' });
    const large = 'x'.repeat(32 * 1024 * 1024);
    spoke.socket.write(large);
    hub.socket.write('still here');
    await spoke.got('still here');
    expect(spoke.socket.writableLength).toBe(large.length);
    proxy.heal();
    const received = (): number => hub.chunks.reduce((sum, { length }) => sum + length, 0);
    await hub.until(() => received() === large.length);
  });

  it.each([
    { side: 'spoke', other: 'hub' },
    { side: 'hub', other: 'spoke' },
  ] as const)('leaves the $other a half-open connection', async ({ side, other }) => {
    const connection = await dial();
    proxy.cutOnly(side);
    expect(await connection[side].gone()).toBe('gone');
    expect(connection[other].over).toBe(false);
  });

  it('leads new connections elsewhere, or nowhere', async () => {
    proxy.refuse();
    const refused = new End(connect({ port: proxy.port, host: '127.0.0.1' }));
    expect(await refused.gone()).toBe('gone');
    proxy.refuse(false);
    proxy.leadTo(1);
    const nowhere = new End(connect({ port: proxy.port, host: '127.0.0.1' }));
    expect(await nowhere.gone()).toBe('gone');
  });

  it('leaves no connection behind when it stops', async () => {
    const { spoke, hub } = await dial();
    proxy.set('toHub', { flow: 'stall' });
    spoke.socket.write('held back');
    await proxy.stop();
    expect([await spoke.gone(), await hub.gone()]).toEqual(['gone', 'gone']);
    expect(proxy.passed('toHub')).toBe(0);
  });
});
