import { createServer } from 'node:net';
import { StartRefusal } from './terminal.mjs';

/**
 * Refuses a port that is none, or that something else listens on.
 * @param {string} host
 * @param {number} port
 */
export async function checkPort(host, port) {
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new StartRefusal(
      'APOLLO_PORT is not a port; set it to a whole number from 1 to 65535, or leave it unset.',
    );
  }
  const error = await listenOnce(host, port);
  if (error === undefined) return;
  throw new StartRefusal(
    'code' in error && error.code === 'EADDRINUSE'
      ? `Port ${String(port)} on ${host} is taken by another program; stop it, or set APOLLO_PORT to another port, and run npm start again.`
      : `Port ${String(port)} on ${host} cannot be opened: ${error.message}; set APOLLO_PORT to another port and run npm start again.`,
  );
}

/**
 * @param {string} host
 * @param {number} port
 * @returns {Promise<Error | undefined>}
 */
function listenOnce(host, port) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', resolve);
    probe.listen(port, host, () => probe.close(() => resolve(undefined)));
  });
}
