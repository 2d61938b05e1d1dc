import { PROTOCOL_VERSION } from '@apollo-deploy/protocol';
import { testDatabase, type TestDatabase } from '@apollo-deploy/storage/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ACTS_OF_HUB } from './conversations.js';
import { Meeting } from './meeting.js';
import { RecordedPeer } from './recorded-peer.js';
import { lasting, Names, type Step, transcriptsOf } from './transcript.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

/** Says the spoke's part of a conversation to a hub of this build, and compares what the hub says. */
class Replay {
  private readonly names = new Names();
  /** Ids of what the hub has said. */
  private readonly said = new Set<string>();
  private stopped: Promise<void> | undefined;
  private peer: RecordedPeer | undefined;
  private port: number;

  constructor(private readonly meeting: Meeting) {
    this.port = meeting.hub.port;
  }

  async step(step: Step): Promise<void> {
    if ('dials' in step) {
      this.peer = await RecordedPeer.dial(this.port, this.meeting.token());
    } else if ('spoke' in step) {
      this.now.send(this.names.translate(step.spoke));
    } else if ('hub' in step) {
      const said = await this.now.next(step.hub.t);
      this.said.add(said.id);
      this.names.bind(step.hub, said);
      expect(lasting(said)).toMatchObject(lasting(this.names.translate(step.hub)) as object);
    } else if ('act' in step) {
      await this.act(step.act);
    } else if (step.closed.by === 'hub') {
      expect(await this.now.closed).toBe(step.closed.code);
    } else {
      this.now.leave(step.closed.by === 'spoke' ? step.closed.code : null);
    }
  }

  /**
   * What the hub has said besides. An offer comes again on a new connection unless it is acknowledged
   * by then, or its verdict is heard first: both is right.
   */
  get unexpected(): readonly string[] {
    return this.now.waiting.filter(({ id }) => !this.said.has(id)).map(({ t }) => t);
  }

  /** Hangs up, and lets what the hub was made to do come to its end. */
  async end(): Promise<void> {
    this.peer?.leave(null);
    if (this.stopped !== undefined) await this.meeting.ended(this.stopped);
  }

  private async act(name: string): Promise<void> {
    if (name === 'the replica stops') {
      this.port = (await this.meeting.anotherReplica()).port;
      // It ends only when the conversation goes on.
      this.stopped = ACTS_OF_HUB[name]?.(this.meeting);
    } else {
      await ACTS_OF_HUB[name]?.(this.meeting);
    }
  }

  private get now(): RecordedPeer {
    if (this.peer === undefined) throw new Error('nobody has dialled');
    return this.peer;
  }
}

describe('the hub of this build', () => {
  it.each(transcriptsOf(PROTOCOL_VERSION))(
    'says to a recorded spoke what it did: $name',
    async ({ steps }) => {
      const meeting = await Meeting.open(database);
      const replay = new Replay(meeting);
      try {
        for (const step of steps) await replay.step(step);
        expect(replay.unexpected).toEqual([]);
      } finally {
        await replay.end();
        await meeting.close();
      }
    },
  );
});
