import type { KubeObject } from '@apollo-deploy/kube';
import { describe, expect, it } from '@jest/globals';
import { RecentWarnings, type ToldWarnings } from './recent-warnings.js';

const START_MS = Date.parse('2026-03-02T12:00:00Z');
const SECOND_MS = 1000;
const HOUR_MS = 3600 * SECOND_MS;
const POD: KubeObject = {
  ...{ apiVersion: 'v1', kind: 'Pod', metadata: { namespace: 'shop', name: 'web', uid: 'u1' } },
};

interface Given {
  readonly name?: string;
  readonly uid?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly count?: number;
  /** Since the start. */
  readonly atMs?: number;
  readonly more?: object;
}

function event({ name = 'web', uid = 'u1', atMs = 0, more = {}, ...said }: Given = {}): KubeObject {
  const { reason = 'BackOff', message = 'it fails', count = 1 } = said;
  return {
    ...{ apiVersion: 'v1', kind: 'Event', type: 'Warning', reason, message, count },
    metadata: { namespace: 'shop', name: `${name}.${reason}.${message}` },
    involvedObject: { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name, uid },
    lastTimestamp: instant(atMs),
    ...more,
  };
}

function instant(ms: number): string {
  return new Date(START_MS + ms).toISOString();
}

/** What is told at this moment of the pod. */
function toldOf(
  warnings: RecentWarnings,
  events: readonly KubeObject[],
  atMs = 0,
  objects = [POD],
): ToldWarnings {
  return warnings.look(events, new Date(START_MS + atMs)).about(objects);
}

describe('the warnings about an object', () => {
  it('are told with object, reason, message, count and when they were last given', () => {
    expect(toldOf(new RecentWarnings(), [event({ count: 4 })]).events).toEqual([
      {
        ...{ kind: 'Pod', namespace: 'shop', name: 'web', reason: 'BackOff' },
        ...{ message: 'it fails', count: 4, lastAt: instant(0) },
      },
    ]);
  });

  it.each<{ name: string; events: readonly KubeObject[]; expected: readonly object[] }>([
    {
      name: 'leave out what is no warning',
      events: [event({ more: { type: 'Normal' } })],
      expected: [],
    },
    { name: 'leave out other objects', events: [event({ name: 'other' })], expected: [] },
    {
      name: 'leave out an object of that name before',
      events: [event({ uid: 'u0' })],
      expected: [],
    },
    {
      name: 'leave out what does not say when it was',
      events: [event({ more: { lastTimestamp: null } })],
      expected: [],
    },
    {
      name: 'are read from the newer API as well',
      events: [
        event({
          more: {
            ...{ lastTimestamp: null, count: undefined, eventTime: instant(1) },
            series: { count: 7, lastObservedTime: instant(2) },
          },
        }),
      ],
      expected: [{ count: 7, lastAt: instant(2) }],
    },
    {
      name: 'are one for each reason, with the newest words and how often in all',
      events: [
        event({ message: 'new words', count: 2, atMs: 5 }),
        event({ message: 'old words', count: 3 }),
      ],
      expected: [{ message: 'new words', count: 5, lastAt: instant(5) }],
    },
    {
      name: 'are cut where they are long',
      events: [event({ message: 'm'.repeat(5000), reason: 'r'.repeat(5000) })],
      expected: [{ message: 'm'.repeat(300), reason: 'r'.repeat(256) }],
    },
    {
      name: 'are the ten newest, newest first',
      events: Array.from({ length: 30 }, (_, i) => event({ reason: `R${String(i)}`, atMs: i })),
      expected: Array.from({ length: 10 }, (_, i) => ({ reason: `R${String(29 - i)}` })),
    },
  ])('$name', ({ events, expected }) => {
    const { events: told } = toldOf(new RecentWarnings(), events, SECOND_MS);
    expect(told).toHaveLength(expected.length);
    expect(told).toMatchObject(expected);
  });

  it('are the same in whatever order they are listed', () => {
    const events = ['b', 'a', 'c'].map((message) => event({ message }));
    const turned = [...events].reverse();
    expect(toldOf(new RecentWarnings(), turned)).toEqual(toldOf(new RecentWarnings(), events));
  });

  it('given again each second change what is told twice a minute', () => {
    const warnings = new RecentWarnings();
    const told: string[] = [];
    for (let second = 0; second <= 120; second += 1) {
      const atMs = second * SECOND_MS;
      const { events } = toldOf(warnings, [event({ count: second + 1, atMs })], atMs);
      const said = JSON.stringify(events);
      if (told.at(-1) !== said) told.push(said);
    }
    expect(told.map((said) => /"count":(\d+)/.exec(said)?.[1])).toEqual([
      '1',
      '31',
      '61',
      '91',
      '121',
    ]);
  });

  it('of another reason are told at once', () => {
    const warnings = new RecentWarnings();
    toldOf(warnings, [event()]);
    const more = [event(), event({ reason: 'Unhealthy', atMs: SECOND_MS })];
    expect(toldOf(warnings, more, SECOND_MS).events).toMatchObject([
      { reason: 'Unhealthy' },
      { reason: 'BackOff' },
    ]);
  });

  it('that are held back say when they are to be looked at again, and then are told', () => {
    const warnings = new RecentWarnings();
    toldOf(warnings, [event()]);
    const again = [event({ count: 2, atMs: SECOND_MS })];
    const held = toldOf(warnings, again, SECOND_MS);
    expect(held.events).toMatchObject([{ count: 1 }]);
    expect(held.recheckAt).toEqual(new Date(instant(30 * SECOND_MS)));
    expect(toldOf(warnings, again, 30 * SECOND_MS).events).toMatchObject([{ count: 2 }]);
  });

  it('are told for an hour, and say when that is over', () => {
    const warnings = new RecentWarnings();
    const { recheckAt } = toldOf(warnings, [event()]);
    expect(recheckAt).toEqual(new Date(instant(HOUR_MS)));
    expect(toldOf(warnings, [event()], HOUR_MS - 1).events).toHaveLength(1);
    expect(toldOf(warnings, [event()], HOUR_MS)).toEqual({ events: [], recheckAt: null });
  });

  it('are gone as soon as the cluster has forgotten them', () => {
    const warnings = new RecentWarnings();
    toldOf(warnings, [event()]);
    expect(toldOf(warnings, [], SECOND_MS)).toEqual({ events: [], recheckAt: null });
  });
});
