const startedAt = performance.now();

/** Seconds since the launcher began, as people read them. */
export function elapsed() {
  return `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
}

/**
 * One line about one part, with the time it was said.
 * @param {string} part
 * @param {string} text
 */
export function say(part, text) {
  console.log(`${elapsed().padStart(8)}  ${part.padEnd(10)} ${text}`);
}

/** Something a person must do something about: told in one sentence, no stack. */
export class StartRefusal extends Error {
  /** @override */
  name = 'StartRefusal';
}
