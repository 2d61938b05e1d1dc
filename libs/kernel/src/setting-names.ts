/** Kubernetes puts these into pods for each service: a service `apollo-hub` gives APOLLO_HUB_PORT. */
const OF_SERVICES = /_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT_\d+_(TCP|UDP|SCTP)(_[A-Z]+)?)$/;
const SERVICE_ADDRESS = /^(tcp|udp|sctp):\/\//;

/** Whether Kubernetes has set the environment variable, for a service beside the pod. */
export function isServiceVariable(name: string, text: string): boolean {
  return OF_SERVICES.test(name) || (name.endsWith('_PORT') && SERVICE_ADDRESS.test(text));
}

/**
 * The name among `known` that takes the fewest changes to become, and how many: characters put in,
 * taken out or replaced; among equals the one that begins most alike. `undefined` where none is known.
 */
export function nearestName(
  name: string,
  known: readonly string[],
): { readonly name: string; readonly changes: number } | undefined {
  return known
    .map((one) => ({ name: one, changes: changesBetween(name, one) }))
    .sort((a, b) => a.changes - b.changes || sharedBy(name, b.name) - sharedBy(name, a.name))[0];
}

/** How many characters both begin with. */
function sharedBy(one: string, other: string): number {
  const different = [...one].findIndex((letter, index) => letter !== other[index]);
  return different === -1 ? one.length : different;
}

function changesBetween(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [done, letter] of [...one].entries()) {
    const next = [done + 1];
    for (const [at, wanted] of [...other].entries()) {
      const replaced = (row[at] ?? 0) + (letter === wanted ? 0 : 1);
      next.push(Math.min(replaced, (row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
