// A launcher to be killed: starts a cluster with the built package, prints its API address, waits.
// Arguments: name, directory, binaries as JSON, `die-with-parent` or nothing.
import { LocalCluster } from '../dist/index.js';

const [name = '', directory = '', binaries = '{}', life] = process.argv.slice(2);
const cluster = await LocalCluster.start({
  name,
  directory,
  binaries: JSON.parse(binaries),
  dieWithParent: life === 'die-with-parent',
});
process.stdout.write(`${cluster.apiUrl}\n`);
process.stdin.resume();
