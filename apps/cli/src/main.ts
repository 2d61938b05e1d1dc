import { EXIT } from './exit-code.js';
import { nodeSurroundings } from './node-surroundings.js';
import { runApolloctl } from './run-apolloctl.js';

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Whoever reads has seen enough, as `head` has.
  if (error.code === 'EPIPE') process.exit();
  throw error;
});
try {
  process.exitCode = await runApolloctl(process.argv.slice(2), nodeSurroundings());
} catch (bug) {
  const stack = bug instanceof Error ? bug.stack : String(bug);
  process.stderr.write(`apolloctl failed, which is a bug to be reported:\n${stack}\n`);
  process.exitCode = EXIT.unseen;
}
