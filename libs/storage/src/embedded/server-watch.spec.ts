import { describe, expect, it } from '@jest/globals';
import { EmbeddedPostgresFailed } from './embedded-postgres-failed.js';
import { ServerWatch, type WatchedServer } from './server-watch.js';

const AT_ONCE = [0, 0, 0, 0, 0];
const FOR_EVER = new Promise<string>(() => undefined);
const ENDED: WatchedServer = { pid: 1, ended: Promise.resolve('signal SIGKILL') };
const LASTING: WatchedServer = { pid: 2, ended: FOR_EVER };

/** Watches a server that has ended; `starts` is what comes of starting it again, one after another. */
function watched(starts: readonly (WatchedServer | Error)[], settledMs = 60_000) {
  const lines: string[] = [];
  let tries = 0;
  let goOn: (outcome: string) => void = () => undefined;
  const outcome = new Promise<string>((resolve) => (goOn = resolve));
  const watch = new ServerWatch(ENDED, {
    run: () => {
      const next = starts[tries];
      tries += 1;
      if (next instanceof Error) return Promise.reject(next);
      return Promise.resolve(next ?? ENDED);
    },
    onLog: (line) => {
      lines.push(line);
      if (line.includes('process 2')) goOn('runs');
    },
    onGivenUp: ({ message }) => {
      goOn(message);
    },
    pausesMs: AT_ONCE,
    settledMs,
  });
  return { watch, lines, outcome, tries: () => tries };
}

const BROKEN = new EmbeddedPostgresFailed('its disk is full');

describe('a server that ends', () => {
  it.each([
    {
      name: 'once, and runs at the first try',
      starts: [LASTING],
      expected: [
        'PostgreSQL ended (signal SIGKILL); starting it again',
        'PostgreSQL runs again (process 2)',
      ],
    },
    {
      name: 'and does not start at the first try',
      starts: [BROKEN, LASTING],
      expected: [
        'PostgreSQL ended (signal SIGKILL); starting it again',
        'PostgreSQL could not be started: its disk is full; starting it again',
        'PostgreSQL runs again (process 2)',
      ],
    },
  ])('$name, is told of', async ({ starts, expected }) => {
    const { outcome, lines, watch } = watched(starts);
    expect(await outcome).toBe('runs');
    expect(lines).toEqual(expected);
    await watch.stop();
  });

  it.each([
    {
      name: 'has ended soon five times',
      starts: [],
      expected: /^PostgreSQL ended \(signal SIGKILL\)\. This was failure 5 in a row/,
    },
    {
      name: 'has ended soon and then not started four times',
      starts: [BROKEN, BROKEN, BROKEN, BROKEN],
      expected: /^PostgreSQL could not be started: its disk is full\. This was failure 5/,
    },
  ])('is given up when it $name in a row', async ({ starts, expected }) => {
    const { outcome, tries } = watched(starts);
    expect(await outcome).toMatch(expected);
    expect(tries()).toBe(4);
  });

  it('is started for ever if it has worked each time', async () => {
    const { outcome, tries, watch } = watched([...Array<typeof ENDED>(20).fill(ENDED), LASTING], 0);
    expect(await outcome).toBe('runs');
    expect(tries()).toBe(21);
    await watch.stop();
  });
});

describe('a watch that is stopped', () => {
  it('starts the server no more', async () => {
    const { watch, tries } = watched([]);
    await watch.stop();
    expect(tries()).toBe(0);
  });

  it('waits for a start under way, and tells it to give up', async () => {
    let told: unknown;
    let begun: () => void = () => undefined;
    const begins = new Promise<void>((resolve) => (begun = resolve));
    const watch = new ServerWatch(ENDED, {
      run: (signal) =>
        new Promise((_resolve, reject) => {
          begun();
          signal.addEventListener('abort', () => {
            told = signal.reason;
            reject(new Error('called off'));
          });
        }),
      onLog: () => undefined,
      onGivenUp: () => undefined,
      pausesMs: AT_ONCE,
    });
    await begins;
    await watch.stop();
    expect(told).toBeDefined();
  });
});
