import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { tokenText } from '@apollo-deploy/domain';
import { type HubConfig, readHubConfig } from '../src/config/hub-config.js';
import { AdminTokenRefused } from '../src/people/let-admin-in.js';
import { JsonLogger } from '../src/platform/json-logger.js';
import { PortUnusable } from '../src/port-unusable.js';
import { type RunningHub, startHub } from '../src/start-hub.js';

const logger = new JsonLogger('silent', { write: () => undefined });
const BODY = JSON.stringify({ name: 'shop', criticality: 'low' });

function configured(environment: Record<string, string> = {}): HubConfig {
  const read = readHubConfig(
    { APOLLO_LOGIN: 'local', APOLLO_STORAGE: 'memory', APOLLO_PORT: '0', ...environment },
    '/',
  );
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  return read.value;
}

async function occupied(): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}

describe('a hub that was started', () => {
  let hub: RunningHub | undefined;
  afterEach(() => hub?.stop());

  it('serves until it is stopped, and then no more', async () => {
    hub = await startHub(configured(), logger);
    expect((await fetch(`${hub.url}/readyz`)).status).toBe(200);

    await hub.stop();

    await expect(fetch(`${hub.url}/readyz`)).rejects.toThrow('fetch failed');
  });

  it('lets a request under way end before it closes the store', async () => {
    hub = await startHub(configured(), logger);
    const request = await begun(hub.url);

    const stopped = hub.stop();
    const refused = once(connect(Number(new URL(hub.url).port), '127.0.0.1'), 'connect');
    await expect(refused).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    request.write(BODY);

    const [answer] = (await once(request, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 201 [^]*"name":"shop"/);
    await stopped;
  });

  it('stops once, however often it is told to', async () => {
    hub = await startHub(configured(), logger);
    const request = await begun(hub.url);
    const ended: string[] = [];
    const stops = ['first', 'second'].map(async (name) => {
      await hub?.stop();
      ended.push(name);
    });

    expect(ended).toEqual([]);
    request.write(BODY);
    await Promise.all(stops);

    expect(ended).toEqual(['first', 'second']);
    await expect(fetch(`${hub.url}/readyz`)).rejects.toThrow('fetch failed');
    await expect(hub.stop()).resolves.toBeUndefined();
  });

  it('listens on IPv6 too', async () => {
    hub = await startHub(configured({ APOLLO_HOST: '::1' }), logger);

    expect(hub.url).toMatch(/^http:\/\/\[::1\]:\d+$/);
    expect((await fetch(`${hub.url}/readyz`)).status).toBe(200);
  });
});

describe('a hub whose port is taken', () => {
  it('says so in one sentence, before it opens anything', async () => {
    const { server, port } = await occupied();
    const config = configured({ APOLLO_PORT: String(port), APOLLO_STORAGE: 'database' });
    try {
      const starting = startHub({ ...config, dataDirectory: '/nowhere/that/exists' }, logger);
      await expect(starting).rejects.toBeInstanceOf(PortUnusable);
      await expect(starting).rejects.toMatchObject({
        message: `port ${port} on 127.0.0.1 is taken; stop what listens there, or choose another with APOLLO_PORT`,
      });
    } finally {
      server.close();
    }
  });
});

describe('a hub that people log in to', () => {
  const TOKEN = tokenText('a1'.repeat(32));
  let folder: string;
  let hub: RunningHub | undefined;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'apollo-admin-'));
  });
  afterEach(async () => {
    await hub?.stop();
    hub = undefined;
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function started(text: string, mode = 0o600): Promise<RunningHub> {
    const file = join(folder, `token-${mode.toString(8)}`);
    await writeFile(file, text);
    await chmod(file, mode);
    const config = configured({
      ...{ APOLLO_HOST: '0.0.0.0', APOLLO_LOGIN: 'required', APOLLO_ADMIN_TOKEN_FILE: file },
    });
    hub = await startHub(config, logger);
    return hub;
  }

  it('lets the first person in by the configured token, and nobody without one', async () => {
    const { url } = await started(`${TOKEN}\n`);
    const me = `http://127.0.0.1:${new URL(url).port}/api/v1/me`;
    const answers = await Promise.all(
      [{}, { authorization: `Bearer ${TOKEN}` }].map((headers) => fetch(me, { headers })),
    );
    expect(answers.map(({ status }) => status)).toEqual([401, 200]);
    expect(answers[0]?.headers.get('www-authenticate')).toBe('Bearer');
    expect(await answers[1]?.json()).toMatchObject({ name: 'admin', kind: 'person' });
  });

  it.each([
    { name: 'others may read the file', text: TOKEN, mode: 0o644, says: 'chmod 600' },
    { name: 'the group may write to the file', text: TOKEN, mode: 0o620, says: 'chmod 600' },
    { name: 'the file is empty', text: '', mode: 0o600, says: 'is no token of Apollo' },
    { name: 'it holds something else', text: 'hunter2', mode: 0o600, says: 'is no token' },
    {
      name: 'it holds more than a token',
      text: `${TOKEN}\n${TOKEN}`,
      ...{ mode: 0o600, says: 'is no token' },
    },
  ])('does not start where $name', async ({ text, mode, says }) => {
    const failure: unknown = await started(text, mode).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(AdminTokenRefused);
    const { message } = failure as AdminTokenRefused;
    expect(message).toContain(says);
    expect(message).not.toMatch(/hunter2|a1a1/);
  });

  it('does not start where there is no such file', async () => {
    const config = configured({ APOLLO_ADMIN_TOKEN_FILE: join(folder, 'none') });
    await expect(startHub(config, logger)).rejects.toThrow('it cannot be read');
  });
});

describe('the process of the hub', () => {
  const script = new URL('../dist/main.js', import.meta.url).pathname;
  let environment: Record<string, string>;
  beforeAll(() => {
    environment = {
      ...{ PATH: process.env['PATH'] ?? '', APOLLO_LOGIN: 'local' },
      ...{ APOLLO_STORAGE: 'memory', APOLLO_PORT: '0' },
    };
  });

  async function ran(
    change: Record<string, string>,
  ): Promise<{ readonly code: number | null; readonly errors: string }> {
    const child = spawn(process.execPath, [script], { env: { ...environment, ...change } });
    child.stdout.resume();
    const [errors, [code]] = await Promise.all([
      text(child.stderr),
      once(child, 'close') as Promise<[number | null]>,
    ]);
    return { code, errors };
  }

  it('ends with every fault of its configuration, and does not listen', async () => {
    const { code, errors } = await ran({ APOLLO_PORT: 'http', APOLLO_HOST: '0.0.0.0/0' });

    expect(code).toBe(1);
    expect(errors.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^APOLLO_HOST is "0\.0\.0\.0\/0"; accepted is an address or name/),
      expect.stringMatching(/^APOLLO_PORT is "http"; accepted is a whole number/),
    ]);
  });

  it('ends where a setting is misspelt, and names what was meant', async () => {
    const { code, errors } = await ran({ APOLLO_SIGNING_KEYFILE: 'signing.pem' });

    expect(code).toBe(1);
    expect(errors).toBe(
      'APOLLO_SIGNING_KEYFILE is no setting of the hub; did you mean APOLLO_SIGNING_KEY_FILE? Correct its name, or take it away\n',
    );
  });

  it('ends with one sentence where the port is taken', async () => {
    const { server, port } = await occupied();
    try {
      const { code, errors } = await ran({ APOLLO_PORT: String(port) });

      expect(code).toBe(1);
      expect(errors).toBe(
        `port ${port} on 127.0.0.1 is taken; stop what listens there, or choose another with APOLLO_PORT\n`,
      );
    } finally {
      server.close();
    }
  });

  it('ends with one sentence where the database does not answer', async () => {
    const url = 'postgres://hub:hunter2@127.0.0.1:1/apollo';
    const { code, errors } = await ran({ APOLLO_STORAGE: 'database', DATABASE_URL: url });

    expect(code).toBe(1);
    expect(errors.trimEnd().split('\n')).toHaveLength(1);
    expect(errors).not.toContain('hunter2');
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'stops on %s, also when nobody reads its log',
    async (signal) => {
      const child = spawn(process.execPath, [script], { env: environment });
      const ended = once(child, 'exit');
      // Leaving the loop closes the pipe.
      for await (const line of child.stdout) {
        if (String(line).includes('listening on')) break;
      }
      child.kill(signal);

      expect(await ended).toEqual([0, null]);
    },
  );
});

/** A request whose head has arrived at the hub; its body is still to come. */
async function begun(url: string): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write(
    'POST /api/v1/products HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n' +
      `Content-Length: ${BODY.length}\r\nExpect: 100-continue\r\n\r\n`,
  );
  // "100 Continue": the hub has begun to read it.
  await once(socket, 'data');
  return socket;
}
