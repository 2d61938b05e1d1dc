// One benchmark in this process; started by main.mjs. The result is the only thing on stdout.
import { BENCHMARKS } from './benchmarks.mjs';

const [name = '', ...options] = process.argv.slice(2);
const load = BENCHMARKS[name];
if (load === undefined) throw new Error(`no benchmark is called ${name}`);
const { sizes, run } = await load();
const started = performance.now();
console.error(`— ${name}`);
const line = await run(options.includes('--tiny') ? sizes.tiny : sizes.full);
const seconds = Math.round((performance.now() - started) / 100) / 10;
console.log(JSON.stringify({ ...line, seconds, node: process.version }));
