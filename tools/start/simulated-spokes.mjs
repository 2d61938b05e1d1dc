import { ensureJoinToken } from './join-token.mjs';

const AT_A_TIME = 8;

/**
 * So many spokes, spread over the environments: `dev`, `staging`, `prod`, `dev-2`, `staging-2`, …
 * @param {number} count
 * @param {readonly string[]} environments
 */
export function simulatedSpokes(count, environments) {
  return Array.from({ length: count }, (_, index) => {
    const environment = environments[index % environments.length] ?? '';
    const round = Math.floor(index / environments.length) + 1;
    return { name: round === 1 ? environment : `${environment}-${String(round)}`, environment };
  });
}

/**
 * A join token for each of them that has not joined, where the simulator looks for it.
 * @param {import('./hub-api.mjs').HubApi} hub
 * @param {readonly import('./join-token.mjs').JoiningSpoke[]} spokes
 * @param {(name: string) => string} folderOf
 */
export async function ensureTokens(hub, spokes, folderOf) {
  const known = await hub.spokes();
  for (let at = 0; at < spokes.length; at += AT_A_TIME) {
    await Promise.all(
      spokes
        .slice(at, at + AT_A_TIME)
        .map((spoke) => ensureJoinToken(hub, spoke, folderOf(spoke.name), known)),
    );
  }
}
