// Benchmark 7: asking windows again and again through a simulated year.
import {
  parseMaintenanceWindow,
  parseSuppressionWindow,
  WindowSchedule,
} from '@apollo-deploy/domain';
import { interleave, rounded } from './interleave.mjs';
import { valueOf } from './value-of.mjs';
import { openMinutes, suppressedMinutes, wallClock } from './window-oracle.mjs';

const MINUTE = 60_000;
const DAY_MINUTES = 1440;
const YEAR_MINUTES = 365 * DAY_MINUTES;
const YEAR = Date.UTC(2026, 0, 1);
/** Minutes scanned before the year, so that what began earlier is known, and after it. */
const LEAD = 8 * DAY_MINUTES;
const REACH_NS = 200;

/** Each is asked with the layers that it names; all have the same freeze in summer. */
const SCHEDULES = [
  { timezone: 'UTC', environment: '0 2 * * 6', hours: 4 },
  { timezone: 'Europe/Berlin', environment: '30 1 * * *', hours: 3 },
  { timezone: 'Europe/Berlin', environment: '0 22 * * 1-5', hours: 6, suppressed: '0 0 1 * *' },
  {
    timezone: 'America/New_York',
    environment: '30 2 * * *',
    hours: 2,
    global: '0 0,6,12,18 * * *',
  },
  { timezone: 'America/New_York', environment: '15 1 * * 0', hours: 5 },
  { timezone: 'Asia/Kolkata', environment: '0 20 * * 2,4', hours: 8, suppressed: '0 12 * * 5' },
  { timezone: 'Australia/Lord_Howe', environment: '45 1 * * *', hours: 1 },
  { timezone: 'America/Santiago', environment: '0 0 * * *', hours: 6, global: '30 * * * *' },
];
const FREEZE = { start: '2026-07-01T00:00:00.000Z', end: '2026-07-15T00:00:00.000Z' };
const REASON = 'freeze';

export const sizes = {
  full: { checks: 1_000_000, rounds: 7 },
  tiny: { checks: 20_000, rounds: 1 },
};

/** @param {{ checks: number, rounds: number }} size */
export async function run({ checks, rounds }) {
  const instants = instantsOfYear(Math.floor(checks / SCHEDULES.length));
  const n = instants.length * SCHEDULES.length;
  const truths = SCHEDULES.map(scanned);
  const wrong = wrongAnswers(instants, truths);

  const pairs = truths.map(edgesOf);
  /** @type {WindowSchedule[]} */
  let fresh = [];
  /**
   * These and the ones before. A hub always has some that were asked, and the runtime throws away what
   * it compiled for a class of which nothing is left.
   * @type {WindowSchedule[][]}
   */
  const kept = [];
  let edges = 0;
  const prepare = () => {
    fresh = SCHEDULES.map(scheduleOf);
    kept.push(fresh);
    if (kept.length > 2) kept.shift();
  };
  const ms = interleave(
    {
      apollo: {
        prepare,
        run: () => {
          askAll(fresh, instants);
          edges = fresh.reduce((sum, { edgesComputed }) => sum + edgesComputed, 0);
        },
      },
      pairs: { run: () => compareAll(pairs, instants) },
    },
    { rounds },
  );
  const nsPerCheck = (ms.apollo * 1e6) / n;
  return {
    bench: 'windows',
    n,
    arms: {
      apollo: `WindowSchedule.evaluate of ${SCHEDULES.length} schedules in 6 zones, forward through 2026, nothing known at the start`,
      pairs: 'comparing with a ready list of edges',
    },
    nsPerCheck: rounded(nsPerCheck),
    edgesComputed: edges,
    wrong,
    ratio: rounded(ms.apollo / ms.pairs),
    reach: `nsPerCheck <= ${REACH_NS}, 0 wrong (open and the next edge, against a scan of every minute)`,
    met: nsPerCheck <= REACH_NS && wrong === 0,
  };
}

/** @param {number} count */
function instantsOfYear(count) {
  const step = (YEAR_MINUTES * MINUTE) / count;
  return Array.from({ length: count }, (_, index) => new Date(YEAR + Math.floor(index * step)));
}

/** @param {typeof SCHEDULES[number]} schedule */
function scheduleOf({ timezone, environment, hours, global, suppressed }) {
  const timed = { timezone, durationMinutes: hours * 60 };
  const windows = [
    parseMaintenanceWindow({ layer: 'environment', cron: environment, ...timed }),
    ...(global === undefined
      ? []
      : [parseMaintenanceWindow({ layer: 'global', cron: global, timezone, durationMinutes: 45 })]),
  ];
  const suppressions = [
    parseSuppressionWindow({ ...FREEZE, reason: REASON }),
    ...(suppressed === undefined
      ? []
      : [
          parseSuppressionWindow({
            cron: suppressed,
            timezone,
            durationMinutes: 720,
            reason: REASON,
          }),
        ]),
  ];
  return new WindowSchedule({
    windows: windows.map(valueOf),
    suppressions: suppressions.map(valueOf),
  });
}

/**
 * 1 for each minute in which changes may begin, from `LEAD` before the year to `LEAD` after it.
 * @param {typeof SCHEDULES[number]} schedule
 */
function scanned({ timezone, environment, hours, global, suppressed }) {
  const from = YEAR - LEAD * MINUTE;
  const shows = wallClock(timezone, from, YEAR_MINUTES + 2 * LEAD);
  const open = openMinutes(shows, { cron: environment, durationMinutes: hours * 60 });
  const layer = global && openMinutes(shows, { cron: global, durationMinutes: 45 });
  const shut = suppressed && suppressedMinutes(shows, { cron: suppressed, durationMinutes: 720 });
  const freeze = [Date.parse(FREEZE.start), Date.parse(FREEZE.end)].map(
    (at) => (at - from) / MINUTE,
  );
  return open.map((is, minute) => {
    const frozen = minute >= (freeze[0] ?? 0) && minute < (freeze[1] ?? 0);
    return is && (layer ? layer[minute] : 1) && !(shut && shut[minute]) && !frozen ? 1 : 0;
  });
}

/**
 * Instants at which an opening begins or ends, in order, from before the year on.
 * @param {Uint8Array} open
 */
function edgesOf(open) {
  const found = [YEAR - LEAD * MINUTE];
  open.forEach((is, minute) => {
    if (minute > 0 && is !== open[minute - 1]) found.push(YEAR + (minute - LEAD) * MINUTE);
  });
  return { edges: Float64Array.from([...found, Infinity]), openAtFirst: open[0] === 1 };
}

/**
 * @param {readonly Date[]} instants
 * @param {readonly Uint8Array[]} truths
 */
function wrongAnswers(instants, truths) {
  let wrong = 0;
  SCHEDULES.forEach((each, index) => {
    const schedule = scheduleOf(each);
    const { edges, openAtFirst } = edgesOf(truths[index] ?? new Uint8Array());
    let at = 0;
    for (const instant of instants) {
      const time = instant.getTime();
      while ((edges[at + 1] ?? Infinity) <= time) at += 1;
      const { open, openUntil, nextOpen } = schedule.evaluate(instant);
      const isOpen = (at % 2 === 0) === openAtFirst;
      const edge = Date.parse(openUntil ?? nextOpen ?? '');
      // Beyond the scan there is nothing to compare the edge with.
      const next = edges[at + 1] ?? Infinity;
      if (open !== isOpen || (next !== Infinity && edge !== next)) wrong += 1;
    }
  });
  return wrong;
}

/**
 * @param {readonly WindowSchedule[]} schedules
 * @param {readonly Date[]} instants
 */
function askAll(schedules, instants) {
  let open = 0;
  for (const instant of instants) {
    for (const schedule of schedules) if (schedule.evaluate(instant).open) open += 1;
  }
  return open;
}

/**
 * @param {readonly ReturnType<typeof edgesOf>[]} pairs
 * @param {readonly Date[]} instants
 */
function compareAll(pairs, instants) {
  const places = new Int32Array(pairs.length);
  let open = 0;
  for (const instant of instants) {
    const time = instant.getTime();
    for (let index = 0; index < pairs.length; index += 1) {
      const { edges, openAtFirst } = pairs[index] ?? {
        edges: new Float64Array(),
        openAtFirst: false,
      };
      let at = places[index] ?? 0;
      while ((edges[at + 1] ?? Infinity) <= time) at += 1;
      places[index] = at;
      if ((at % 2 === 0) === openAtFirst) open += 1;
    }
  }
  return open;
}
