import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256Hex } from '@apollo-deploy/kernel';
import {
  type JoinRequest,
  joinTokenText,
  provesKey,
  readSessionToken,
  type SessionToken,
} from '@apollo-deploy/protocol';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { IdentityFiles } from './identity-files.js';
import { SpokeCredentials } from './spoke-credentials.js';

const TOKEN = joinTokenText('dev', 'A'.repeat(43));
const ANOTHER = joinTokenText('dev', 'B'.repeat(43));
const MEMBER = { spoke: 'dev', environment: 'dev', hub: 'hub-1', accepted: true };
const NOW = new Date('2026-01-05T09:00:00.000Z');

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'apollo-identity-'));
});
afterEach(() => rm(directory, { recursive: true }));

/** A hub that lets everybody join, unless it is told to do otherwise once. */
class Scene {
  readonly asked: JoinRequest[] = [];
  readonly answers: (() => Response)[] = [];
  joinToken: string | null = TOKEN;

  /** The spoke as it is after a start. */
  started(): SpokeCredentials {
    return new SpokeCredentials({
      files: new IdentityFiles(join(directory, 'identity')),
      hubUrl: 'http://hub',
      clusterUid: 'uid-1',
      joinToken: () => Promise.resolve(this.joinToken),
      clock: { now: () => NOW },
      keyLifeMs: Infinity,
      newId: randomUUID,
      log: pino({ level: 'silent' }),
      fetch: (url, init) => {
        expect(url).toBe('http://hub/spoke/join');
        this.asked.push(JSON.parse(init?.body as string) as JoinRequest);
        const answer = this.answers.shift() ?? (() => Response.json(MEMBER));
        return new Promise((resolve) => resolve(answer()));
      },
    });
  }
}

async function shown(credentials: SpokeCredentials): Promise<SessionToken> {
  const token = readSessionToken(await credentials.token());
  if (!token.ok) throw new Error(token.error);
  return token.value;
}

const refusal = (detail: string) => () => Response.json({ detail }, { status: 401 });

describe('a spoke with a join token', () => {
  it('makes a key, proves it and joins, once', async () => {
    const scene = new Scene();
    const first = await shown(scene.started());
    const second = await shown(scene.started());
    expect(scene.asked).toHaveLength(1);
    const [request] = scene.asked;
    expect(request).toMatchObject({ token: TOKEN, clusterUid: 'uid-1' });
    expect(request !== undefined && provesKey(request)).toBe(true);
    for (const token of [first, second]) {
      expect(token).toMatchObject({ spoke: 'dev', hub: 'hub-1', issuedAt: NOW });
      expect(token.isSignedBy(request?.publicKey ?? '')).toBe(true);
    }
    expect(first.id).not.toBe(second.id);
  });

  it('keeps what it knows in files that only their owner may read', async () => {
    await new Scene().started().token();
    const folder = join(directory, 'identity');
    expect((await readdir(folder)).sort()).toEqual(['hub.json', 'key.pem']);
    for (const file of await readdir(folder)) {
      expect((await stat(join(folder, file))).mode & 0o777).toBe(0o600);
      expect(await readFile(join(folder, file), 'utf8')).not.toContain(TOKEN);
    }
    await chmod(join(folder, 'key.pem'), 0o644);
    await expect(new Scene().started().token()).rejects.toThrow('run chmod 600');
  });

  it('asks once for all that need a session token at the same time', async () => {
    const scene = new Scene();
    const credentials = scene.started();
    await Promise.all([credentials.token(), credentials.token(), credentials.token()]);
    expect(scene.asked).toHaveLength(1);
  });

  it.each([
    {
      name: 'the answer is lost',
      answer: () => {
        throw new TypeError('fetch failed');
      },
    },
    { name: 'the hub fails', answer: () => Response.json({}, { status: 500 }) },
    { name: 'a page comes instead', answer: () => new Response('<html>') },
  ])('asks again with the same key, also after a restart, where $name', async ({ answer }) => {
    const scene = new Scene();
    scene.answers.push(answer);
    await expect(scene.started().token()).rejects.toMatchObject({ name: 'HubUnreachable' });
    await scene.started().token();
    expect(scene.asked).toHaveLength(2);
    expect(scene.asked[1]).toEqual(scene.asked[0]);
  });

  it('says what the hub says where that does not let it join', async () => {
    const scene = new Scene();
    scene.answers.push(refusal('the join token is not valid; make a new one'));
    await expect(scene.started().token()).rejects.toMatchObject({
      name: 'NotJoined',
      message: 'the join token is not valid; make a new one',
    });
  });

  it('joins again when it is given another one, with the key it has', async () => {
    const scene = new Scene();
    await scene.started().token();
    scene.joinToken = ANOTHER;
    await scene.started().token();
    await scene.started().token();
    expect(scene.asked.map(({ token }) => token)).toEqual([TOKEN, ANOTHER]);
    expect(scene.asked[1]?.publicKey).toBe(scene.asked[0]?.publicKey);
  });

  it('goes on as before where another one is of no use', async () => {
    const scene = new Scene();
    await scene.started().token();
    scene.joinToken = ANOTHER;
    scene.answers.push(refusal('its hour is over'));
    expect(await shown(scene.started())).toMatchObject({ spoke: 'dev', hub: 'hub-1' });
  });
});

describe('a spoke without a join token', () => {
  it('says what it needs if it has never joined, and needs none if it has', async () => {
    const scene = new Scene();
    scene.joinToken = null;
    await expect(scene.started().token()).rejects.toMatchObject({
      name: 'NotJoined',
      message: expect.stringContaining('POST /api/v1/join-tokens'),
    });
    scene.joinToken = TOKEN;
    await scene.started().token();
    scene.joinToken = null;
    expect(await shown(scene.started())).toMatchObject({ spoke: 'dev' });
  });

  it('knows a membership by the hash of its token only', async () => {
    const scene = new Scene();
    await scene.started().token();
    const kept = await readFile(join(directory, 'identity', 'hub.json'), 'utf8');
    expect(JSON.parse(kept)).toMatchObject({ tokenHash: sha256Hex(TOKEN) });
  });

  it.each([
    { file: 'hub.json', text: '{', message: 'hub.json cannot be read; delete it' },
    { file: 'key.pem', text: 'x', message: 'key.pem holds no Ed25519 key; delete it' },
  ])('says which file is broken: $file', async ({ file, text, message }) => {
    const scene = new Scene();
    await scene.started().token();
    await writeFile(join(directory, 'identity', file), text);
    await expect(scene.started().token()).rejects.toThrow(message);
  });

  it('whose key is gone says so', async () => {
    const scene = new Scene();
    await scene.started().token();
    await rm(join(directory, 'identity', 'key.pem'));
    await expect(scene.started().token()).rejects.toThrow('the key of this spoke is gone');
  });
});

describe('a spoke whose clock is wrong', () => {
  it('signs for the time that the hub has told it', async () => {
    const credentials = new Scene().started();
    await credentials.token();
    const hubTime = new Date(NOW.getTime() - 3_600_000);
    const refusedAt = (time: Date | null) =>
      credentials.refused({ hubTime: time, keyIsUnknown: false });
    expect(refusedAt(hubTime)).toBe(true);
    expect(await shown(credentials)).toMatchObject({ issuedAt: hubTime });
    expect(refusedAt(hubTime)).toBe(false);
    expect(refusedAt(null)).toBe(false);
  });
});
