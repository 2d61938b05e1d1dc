import { relative } from 'node:path';

/**
 * Prints what runs where, and what to try next.
 * @param {import('./hub-api.mjs').HubApi} hub
 * @param {{ bin: string, cluster: (name: string) => string }} folders
 * @param {readonly string[]} clusters
 */
export async function printSummary(hub, folders, clusters) {
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
      spokes.map(({ name, status, kubernetesVersion, helmVersion }) => [
        name,
        status,
        kubernetesVersion ?? '-',
        helmVersion ?? '-',
      ]),
    )}`,
  );
  console.log(`\n${nextCommands(hub.url, folders, clusters[0] ?? 'dev')}\n`);
}

/**
 * @param {string} url
 * @param {{ bin: string, cluster: (name: string) => string }} folders
 * @param {string} cluster
 */
function nextCommands(url, folders, cluster) {
  const kubeconfig = relative(process.cwd(), `${folders.cluster(cluster)}/kubeconfig`);
  const helm = relative(process.cwd(), `${folders.bin}/helm`);
  return `Try next:
  curl -s '${url}/api/v1/entities?environment=dev'
  KUBECONFIG=${kubeconfig} ${helm} list --all-namespaces
  curl -s -X POST ${url}/api/v1/channels/dev/releases -H 'content-type: application/json' \\
    -d '{"product": "test-service", "version": "1.1.0"}'        # the upgrade happens by itself
  curl -s '${url}/api/v1/plans?limit=5'                          # and shows what the spoke saw
API: ${url}/api/docs`;
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
