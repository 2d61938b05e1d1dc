// Ends with 0 if the hub in this container says that it is well: the HEALTHCHECK of its image, which
// has no curl. What it answered, or why it did not, is kept by Docker (`docker inspect`).
const ANSWER_MS = 5_000;
const SHOWN_CHARACTERS = 1_000;
/** Where a hub that listens on every address is reached from inside. */
const LOOPBACK = new Map([
  ['', '127.0.0.1'],
  ['0.0.0.0', '127.0.0.1'],
  ['::', '::1'],
]);

const { APOLLO_HOST = '', APOLLO_PORT = '' } = process.env;
const host = LOOPBACK.get(APOLLO_HOST) ?? APOLLO_HOST;
const url = `http://${host.includes(':') ? `[${host}]` : host}:${APOLLO_PORT || '8234'}/health`;

try {
  const answer = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(ANSWER_MS) });
  const text = await answer.text();
  process.stdout.write(`${answer.status} ${text.slice(0, SHOWN_CHARACTERS)}\n`);
  process.exitCode = answer.status === 200 ? 0 : 1;
} catch (error) {
  const why = error instanceof Error ? (error.cause ?? error) : error;
  process.stdout.write(`${url} does not answer: ${String(why)}\n`);
  process.exitCode = 1;
}
