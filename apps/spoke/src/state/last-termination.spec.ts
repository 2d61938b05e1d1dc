import { describe, expect, it } from '@jest/globals';
import { lastTermination } from './last-termination.js';

const FAILED = { exitCode: 1, reason: 'Error', finishedAt: '2026-03-02T11:00:00Z' };
const KILLED = {
  exitCode: 137,
  signal: 9,
  reason: 'OOMKilled',
  finishedAt: '2026-03-02T11:30:00Z',
};
const DONE = { exitCode: 0, reason: 'Completed', finishedAt: '2026-03-02T11:45:00Z' };

const running = (name: string, before?: object) => ({
  ...{ name, state: { running: { startedAt: '2026-03-02T11:50:00Z' } } },
  lastState: before === undefined ? {} : { terminated: before },
});
const ended = (name: string, now: object, before?: object) => ({
  ...{ name, state: { terminated: now } },
  lastState: before === undefined ? {} : { terminated: before },
});

describe('the last termination of a pod', () => {
  it.each<{ name: string; main: object[]; init?: object[]; expected: object | undefined }>([
    { name: 'is none while nothing has ended', main: [running('main')], expected: undefined },
    {
      name: 'is the end before this start, with exit code, reason, signal and instant',
      main: [running('main', KILLED)],
      expected: {
        ...{ container: 'main', reason: 'OOMKilled', exitCode: 137, signal: 9 },
        at: '2026-03-02T11:30:00Z',
      },
    },
    {
      name: 'is the present end before an earlier one',
      main: [ended('main', FAILED, KILLED)],
      expected: { container: 'main', reason: 'Error', exitCode: 1, at: FAILED.finishedAt },
    },
    {
      name: 'is the newest failure of several containers',
      main: [running('main', FAILED), running('side', KILLED)],
      expected: expect.objectContaining({ container: 'side', exitCode: 137 }),
    },
    {
      name: 'is a failure before a newer success',
      main: [ended('side', DONE), running('main', FAILED)],
      expected: expect.objectContaining({ container: 'main', exitCode: 1 }),
    },
    {
      name: 'is a success where nothing failed',
      main: [ended('main', DONE)],
      expected: expect.objectContaining({ container: 'main', exitCode: 0, reason: 'Completed' }),
    },
    {
      name: 'is the failure of an init container',
      main: [{ name: 'main', state: { waiting: {} } }],
      init: [running('setup', FAILED)],
      expected: expect.objectContaining({ container: 'setup', exitCode: 1 }),
    },
    {
      name: 'is none where only an init container did its work',
      main: [running('main')],
      init: [ended('setup', DONE)],
      expected: undefined,
    },
    {
      name: 'says no more than the runtime does',
      main: [ended('main', { exitCode: 255, finishedAt: null, signal: 0 })],
      expected: { container: 'main', exitCode: 255 },
    },
    {
      name: 'is none where the exit code cannot be read',
      main: [ended('main', { exitCode: 'one', reason: 'Error' })],
      expected: undefined,
    },
    {
      name: 'is bounded, and leaves what the container said behind',
      main: [ended('main', { exitCode: 1, reason: 'R'.repeat(999), message: 'password=hunter2' })],
      expected: { container: 'main', exitCode: 1, reason: 'R'.repeat(256) },
    },
  ])('$name', ({ main, init = [], expected }) => {
    const status = { containerStatuses: main, initContainerStatuses: init };
    expect(lastTermination(status)).toEqual(expected);
  });
});
