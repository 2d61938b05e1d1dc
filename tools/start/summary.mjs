import { relative } from 'node:path';

const SHOWN = 12;
const ACCOUNTS_EXPLAINED =
  'Authorization: Bearer … acts as one of them; without it you are dev-operator, who may do all but approve and review.';

/**
 * Prints what runs where, and what to try next.
 * @param {import('./hub-api.mjs').HubApi} hub
 * @param {{ bin: string, cluster: (name: string) => string }} folders
 * @param {object} more
 * @param {boolean} more.hasClusters whether there are clusters that Helm and kubectl can look at
 * @param {Readonly<Record<string, string>>} more.tokens those of the example accounts, by name
 */
export async function printSummary(hub, folders, { hasClusters, tokens }) {
  const entities = await hub.entities();
  const spokes = await hub.spokes();
  const rows = entities.map(({ name, environment, product, reported, status, why }) => [
    name,
    environment,
    product,
    reported?.version ?? '-',
    status,
    status === 'up_to_date' ? '' : why,
  ]);
  console.log(`\n${table(['entity', 'environment', 'product', 'runs', 'status', ''], rows)}`);
  console.log(
    `\n${table(
      ['spoke', 'status', 'kubernetes', 'helm'],
      spokes.slice(0, SHOWN).map((spoke) => [spoke.name, spoke.status, ...clusterOf(spoke)]),
    )}`,
  );
  if (spokes.length > SHOWN) console.log(`  and ${String(spokes.length - SHOWN)} more`);
  console.log(`\n${table(['account', 'token'], Object.entries(tokens))}`);
  console.log(`  ${ACCOUNTS_EXPLAINED}`);
  console.log(`\n${nextCommands(hub.url, hasClusters ? folders : null)}\n`);
}

/** @param {import('./hub-api.mjs').SpokeView} spoke */
function clusterOf({ simulated, kubernetesVersion, helmVersion }) {
  if (simulated === true) return ['simulated', 'simulated'];
  return [kubernetesVersion ?? '-', helmVersion ?? '-'];
}

/**
 * @param {string} url
 * @param {{ bin: string, cluster: (name: string) => string } | null} folders
 */
function nextCommands(url, folders) {
  return `Try next:
  curl -s '${url}/api/v1/entities?environment=dev'
${folders === null ? '' : helmCommand(folders)}  curl -s -X POST ${url}/api/v1/channels/dev/releases -H 'content-type: application/json' \\
    -d '{"product": "test-service", "version": "1.1.0"}'        # the upgrade happens by itself
  curl -s '${url}/api/v1/plans?limit=5'                          # and shows what the spoke saw
API: ${url}/api/docs`;
}

/** @param {{ bin: string, cluster: (name: string) => string }} folders */
function helmCommand({ bin, cluster }) {
  const kubeconfig = relative(process.cwd(), `${cluster('dev')}/kubeconfig`);
  return `  KUBECONFIG=${kubeconfig} ${relative(process.cwd(), `${bin}/helm`)} list --all-namespaces\n`;
}

/**
 * @param {readonly string[]} head
 * @param {readonly (readonly string[])[]} rows
 */
function table(head, rows) {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `  ${line}`)
    .join('\n');
}
