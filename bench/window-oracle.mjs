// Windows worked out the slow way: every minute of a year, by the clock on the wall. Shares no code
// with the engine.

const MINUTE = 60_000;
const QUARTER = 15 * MINUTE;

/**
 * The reading of the wall clock, in minutes, at each minute from `from` on. Offsets change on quarters
 * of an hour in the zones of the benchmark.
 * @param {string} timezone
 * @param {number} from
 * @param {number} minutes
 */
export function wallClock(timezone, from, minutes) {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    hourCycle: 'h23',
    ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' },
  });
  const shows = new Int32Array(minutes);
  for (let minute = 0; minute < minutes; minute += 15) {
    const at = from + minute * MINUTE;
    if (at % QUARTER !== 0) throw new Error('begin the scan at a quarter of an hour');
    const parts = Object.fromEntries(
      format.formatToParts(at).map(({ type, value }) => [type, Number(value)]),
    );
    const { year = 0, month = 0, day = 0, hour = 0, minute: past = 0 } = parts;
    const wall = Date.UTC(year, month - 1, day, hour, past) / MINUTE;
    for (let next = 0; next < 15 && minute + next < minutes; next += 1) {
      shows[minute + next] = wall + next;
    }
  }
  return shows;
}

/**
 * For each minute 1 where an allow window is open: a start that the clock leaps over is the first
 * minute after the leap, one that the clock shows twice is the first of the two; with a wildcard in
 * the hours, exactly what the clock shows.
 * @param {Int32Array} shows
 * @param {{ cron: string, durationMinutes: number }} window
 */
export function openMinutes(shows, { cron, durationMinutes }) {
  const isStart = startsOf(cron);
  const everyHour = /[*/]/.test(cron.split(' ')[1] ?? '');
  const open = new Uint8Array(shows.length);
  let latest = (shows[0] ?? 0) - 1;
  shows.forEach((wall, minute) => {
    let starting = isStart(wall) && (everyHour || wall > latest);
    for (let skipped = latest + 1; !everyHour && skipped < wall; skipped += 1) {
      starting ||= isStart(skipped);
    }
    latest = Math.max(latest, wall);
    if (starting) open.fill(1, minute, minute + durationMinutes);
  });
  return open;
}

/**
 * For each minute 1 where a suppression is on: from the earliest to the end of the latest reading of
 * each start.
 * @param {Int32Array} shows
 * @param {{ cron: string, durationMinutes: number }} window
 */
export function suppressedMinutes(shows, { cron, durationMinutes }) {
  const isStart = startsOf(cron);
  const on = new Uint8Array(shows.length);
  /** @type {Map<number, number>} */
  const firstSeen = new Map();
  shows.forEach((wall, minute) => {
    if (!firstSeen.has(wall)) firstSeen.set(wall, minute);
    if (isStart(wall)) on.fill(1, firstSeen.get(wall) ?? minute, minute + durationMinutes);
    const previous = shows[minute - 1] ?? wall - 1;
    for (let skipped = previous + 1; skipped < wall; skipped += 1) {
      if (!isStart(skipped)) continue;
      const before = minute - (wall - skipped);
      on.fill(1, before, minute + (skipped - previous - 1) + durationMinutes);
    }
  });
  return on;
}

/**
 * @param {string} cron Numbers, lists, ranges and `*`; not both kinds of days.
 * @returns {(wall: number) => boolean}
 */
function startsOf(cron) {
  const [minutes, hours, days, months, weekdays] = cron.split(' ').map(numbersOf);
  return (wall) => {
    if (minutes?.has(wall % 60) === false) return false;
    if (hours?.has(Math.floor(wall / 60) % 24) === false) return false;
    const date = new Date(wall * MINUTE);
    return (
      days?.has(date.getUTCDate()) !== false &&
      months?.has(date.getUTCMonth() + 1) !== false &&
      weekdays?.has(date.getUTCDay()) !== false
    );
  };
}

/** @param {string} field */
function numbersOf(field) {
  if (field === '*') return undefined;
  const numbers = field.split(',').flatMap((part) => {
    const [low = 0, high = low] = part.split('-').map(Number);
    return Array.from({ length: high - low + 1 }, (_, index) => low + index);
  });
  return new Set(numbers);
}
