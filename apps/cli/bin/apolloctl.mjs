#!/usr/bin/env node
// The command of this package, compiled or not: it is linked when packages are installed, before
// anything is built. `npm start` compiles into a folder of its own, `npm run build` into `dist`.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const ROOT = join(import.meta.dirname, '../../..');
const MAIN = 'apps/cli/dist/main.js';
const main = [join(ROOT, '.apollo-code', MAIN), join(ROOT, MAIN)].find((file) => existsSync(file));

if (main === undefined) {
  console.error(
    'apolloctl is not compiled yet: run npm start, or npm run build, in its repository',
  );
  process.exitCode = 2;
} else {
  await import(pathToFileURL(main).href);
}
