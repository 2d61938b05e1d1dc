import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeHubFrame, decodeSpokeFrame, PROTOCOL_VERSION } from '@apollo-deploy/protocol';
import { testDatabase, type TestDatabase } from '@apollo-deploy/storage/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AgentInMemory } from './agent-in-memory.js';
import { CONVERSATIONS, converse } from './conversations.js';
import { Meeting } from './meeting.js';
import { whileTimePasses } from './passing-time.js';
import { RecordingRelay } from './recording-relay.js';
import { type Step, transcriptFolder, transcriptsOf } from './transcript.js';

/** Set to write the conversations as they are now: only for a version that was never released. */
const WRITES = process.env['APOLLO_WRITE_TRANSCRIPTS'] === '1';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

/** Has a hub and a spoke of this build talk; answers what was said. */
async function record(name: string): Promise<readonly Step[]> {
  const meeting = await Meeting.open(database);
  const relay = await RecordingRelay.start(meeting.hub.port);
  const { time } = meeting;
  const agent = new AgentInMemory({ time, port: relay.port, token: () => meeting.token() });
  await whileTimePasses(time, converse(name, { meeting, agent, relay }));
  const steps = [...relay.steps];
  await whileTimePasses(time, agent.stop());
  await relay.stop();
  await meeting.close();
  return steps;
}

/** Which durable messages were said, and by whom; those of two sides may cross, so in no order. */
function durable(steps: readonly Step[]): readonly string[] {
  return steps.flatMap((step) => {
    const [side, frame] =
      'spoke' in step ? ['spoke', step.spoke] : 'hub' in step ? ['hub', step.hub] : [];
    return frame !== undefined && /^(plan|state)\.(?!progress)/.test(frame.t)
      ? [`${String(side)} ${frame.t}`]
      : [];
  });
}

describe('a hub and a spoke of this build', () => {
  it.each(Object.keys(CONVERSATIONS))('say what they did when %s was recorded', async (name) => {
    const steps = await record(name);
    for (const step of steps) {
      if ('spoke' in step) expect(decodeSpokeFrame(JSON.stringify(step.spoke)).ok).toBe(true);
      if ('hub' in step) expect(decodeHubFrame(JSON.stringify(step.hub)).ok).toBe(true);
    }
    if (WRITES) {
      await mkdir(transcriptFolder(PROTOCOL_VERSION), { recursive: true });
      const file = join(transcriptFolder(PROTOCOL_VERSION), `${name}.json`);
      await writeFile(file, `${JSON.stringify(steps, null, 2)}\n`);
    }
    const recorded = transcriptsOf(PROTOCOL_VERSION).find((one) => one.name === name);
    expect(recorded?.steps.length).toBeGreaterThan(0);
    // More may be said since then.
    expect(durable(steps)).toEqual(expect.arrayContaining([...durable(recorded?.steps ?? [])]));
  });
});
