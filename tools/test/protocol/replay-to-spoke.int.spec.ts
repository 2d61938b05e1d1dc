import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { VirtualTime } from '@apollo-deploy/orchestration/testing';
import { PROTOCOL_VERSION } from '@apollo-deploy/protocol';
import { describe, expect, it } from '@jest/globals';
import { type WebSocket, WebSocketServer } from 'ws';
import { Events } from '../../../apps/spoke/src/testing/events.js';
import { AgentInMemory } from './agent-in-memory.js';
import { ACTS_OF_SPOKE } from './conversations.js';
import { whileTimePasses } from './passing-time.js';
import { RecordedPeer } from './recorded-peer.js';
import { type Frame, lasting, Names, type Step, transcriptsOf } from './transcript.js';

/** Says the hub's part of a conversation to a spoke of this build, and compares what the spoke says. */
class Replay {
  private readonly names = new Names();
  private readonly dialled = new Events<RecordedPeer>();
  private peer: RecordedPeer | undefined;

  private constructor(
    readonly time: VirtualTime,
    private readonly server: WebSocketServer,
    private readonly agent: AgentInMemory,
  ) {}

  static async start(): Promise<Replay> {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const time = new VirtualTime();
    const agent = new AgentInMemory({ time, port, token: () => 'of-the-spoke' });
    const replay = new Replay(time, server, agent);
    server.on('connection', (socket: WebSocket) => replay.dialled.push(new RecordedPeer(socket)));
    return replay;
  }

  async step(step: Step): Promise<void> {
    if ('dials' in step) {
      this.peer = await this.dialled.next();
    } else if ('hub' in step) {
      this.now.send(this.names.translate(step.hub));
    } else if ('spoke' in step) {
      const said = await this.now.next(step.spoke.t);
      this.names.bind(step.spoke, said);
      expect(lasting(said)).toMatchObject(atLeast(this.names.translate(step.spoke)));
    } else if ('act' in step) {
      await ACTS_OF_SPOKE[step.act]?.(this.agent);
    } else if (step.closed.by === 'spoke') {
      expect(await this.now.closed).toBe(step.closed.code);
    } else {
      this.now.leave(step.closed.by === 'hub' ? step.closed.code : null);
    }
  }

  /**
   * What the spoke has said besides. How often it sends heartbeats depends on how long this takes, and
   * it tells its ledger in each session today, even an empty one.
   */
  get unexpected(): readonly string[] {
    return this.now.waiting
      .map(({ t }) => t)
      .filter((type) => type !== 'heartbeat' && type !== 'plan.verdicts');
  }

  async end(): Promise<void> {
    await this.agent.stop();
    const closed = once(this.server, 'close');
    this.server.close();
    await closed;
  }

  private get now(): RecordedPeer {
    if (this.peer === undefined) throw new Error('nobody has dialled');
    return this.peer;
  }
}

/** What was said, by a spoke that can do more today. */
function atLeast(recorded: Frame): object {
  const frame = lasting(recorded) as Frame;
  const { capabilities } = frame.p;
  if (!Array.isArray(capabilities)) return frame;
  const p: object = { ...frame.p, capabilities: expect.arrayContaining(capabilities) };
  return { ...frame, p };
}

describe('the spoke of this build', () => {
  it.each(transcriptsOf(PROTOCOL_VERSION))(
    'says to a recorded hub what it did: $name',
    async ({ steps }) => {
      const replay = await Replay.start();
      const said = async (): Promise<readonly string[]> => {
        for (const step of steps) await replay.step(step);
        return replay.unexpected;
      };
      expect(await whileTimePasses(replay.time, said())).toEqual([]);
      await whileTimePasses(replay.time, replay.end());
    },
  );
});
