import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '../..');
const README = join(ROOT, 'README.md');
/** Makes curl fail on answers that are refusals. */
const STRICT = 'set -euo pipefail; curl() { command curl --fail-with-body "$@"; };';
const run = promisify(execFile);

/** One paragraph of the tour: the comment that heads it, and its commands. */
export interface TourStep {
  readonly title: string;
  readonly commands: string;
}

/** The system that the tour is taken on. */
export interface TourPlace {
  readonly home: string;
  readonly port: string;
}

/** The steps of a section of the README, in order. */
export async function tourSteps(heading = 'A tour'): Promise<readonly TourStep[]> {
  const text = await readFile(README, 'utf8');
  const [, tour = ''] = text.split(`\n## ${heading}\n`);
  const [section = ''] = tour.split('\n## ');
  const blocks = [...section.matchAll(/^```bash\n(.*?)^```$/gms)].map(([, block = '']) => block);
  return blocks.flatMap((block) => block.split('\n\n')).map(stepOf);
}

function stepOf(paragraph: string): TourStep {
  const [title = '', ...commands] = paragraph.trim().split('\n');
  if (!title.startsWith('# ')) throw new Error(`a step without a comment: ${paragraph}`);
  return { title: title.slice(2), commands: commands.join('\n') };
}

/**
 * Runs a step's commands as they stand, but for the port and the folder. Answers what they print;
 * throws if one fails or the hub refuses a request.
 */
export async function runStep({ commands }: TourStep, place: TourPlace): Promise<string> {
  const script = commands
    .replaceAll('127.0.0.1:8234', `127.0.0.1:${place.port}`)
    .replaceAll('.apollo/', `${place.home}/`);
  const { stdout } = await run('bash', ['-c', `${STRICT}\n${script}`], {
    cwd: ROOT,
    // For apolloctl, to which the tour does not say what everybody has.
    env: {
      ...process.env,
      ...{ APOLLO_HUB: `http://127.0.0.1:${place.port}`, APOLLO_HOME: place.home },
    },
  });
  return stdout;
}
