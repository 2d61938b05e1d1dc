// Runs the embedded PostgreSQL on a directory until it is killed, or until its input ends: then it
// stops it. `node … DIRECTORY`. Prints the server's URL once it answers.
import { startEmbeddedPostgres } from '../../dist/index.js';

const server = await startEmbeddedPostgres({ directory: process.argv[2] ?? '', durable: false });
process.stdout.write(`${server.url}\n`);
process.stdin.resume();
process.stdin.once('end', () => void server.stop());
