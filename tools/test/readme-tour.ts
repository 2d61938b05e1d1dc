import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from '@jest/globals';

const ROOT = join(import.meta.dirname, '../..');
const README = join(ROOT, 'README.md');
/** Makes curl fail on answers that are refusals, and tell the status of each. */
const STRICT = `set -euo pipefail
curl() { command curl --fail-with-body -w '%{stderr}%{http_code}\\n' "$@"; }`;
/** Before what the README says is answered. */
const TELLS = '#>';
/** Stands there for what differs each time. */
const ANYTHING = '…';
const run = promisify(execFile);

/** What the README says that a step is answered: a status, and what matches the body. */
interface ToldAnswer {
  readonly status: number;
  readonly body?: unknown;
}

/** One paragraph of the tour: the comment that heads it, its commands, and what they are answered. */
export interface TourStep {
  readonly title: string;
  readonly commands: string;
  readonly told?: ToldAnswer;
}

/** The system that the tour is taken on. */
export interface TourPlace {
  readonly home: string;
  readonly port: string;
}

interface Printed {
  readonly stdout: string;
  readonly stderr: string;
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
  const [title = '', ...lines] = paragraph.trim().split('\n');
  if (!title.startsWith('# ')) throw new Error(`a step without a comment: ${paragraph}`);
  const commands = lines.filter((line) => !line.startsWith(TELLS)).join('\n');
  const told = lines.filter((line) => line.startsWith(TELLS));
  const step = { title: title.slice(2), commands };
  return told.length === 0 ? step : { ...step, told: toldAnswer(told) };
}

function toldAnswer(lines: readonly string[]): ToldAnswer {
  const text = lines.map((line) => line.slice(TELLS.length)).join('\n');
  const [, status, body = ''] = /^ (\d{3})\b(.*)$/s.exec(text) ?? [];
  if (status === undefined) throw new Error(`an answer without a status: ${text}`);
  if (body.trim() === '') return { status: Number(status) };
  return { status: Number(status), body: patternOf(JSON.parse(body)) };
}

/**
 * Runs a step's commands as they stand, but for the port and the folder. Answers what they print;
 * throws if one fails or the hub refuses a request.
 */
export async function runStep(step: TourStep, place: TourPlace): Promise<string> {
  return (await printedBy(step, place)).stdout;
}

/**
 * Runs a step in the same way. Answers what its last request was answered, which equals what the
 * README tells of it if that is true; `undefined` if it tells nothing. Throws also where a request is
 * not refused that the README says is.
 */
export async function answerOf(step: TourStep, place: TourPlace): Promise<ToldAnswer | undefined> {
  const isRefused = step.told !== undefined && step.told.status >= 400;
  const { stdout, stderr } = await (isRefused ? refusedOf(step, place) : printedBy(step, place));
  if (step.told === undefined) return undefined;
  const status = Number(stderr.trim().split('\n').at(-1));
  return stdout === '' ? { status } : { status, body: JSON.parse(stdout) };
}

async function printedBy({ commands }: TourStep, place: TourPlace): Promise<Printed> {
  const script = commands
    .replaceAll('127.0.0.1:8234', `127.0.0.1:${place.port}`)
    .replaceAll('.apollo/', `${place.home}/`);
  return run('bash', ['-c', `${STRICT}\n${script}`], {
    cwd: ROOT,
    // For apolloctl, to which the tour does not say what everybody has.
    env: {
      ...process.env,
      ...{ APOLLO_HUB: `http://127.0.0.1:${place.port}`, APOLLO_HOME: place.home },
    },
  });
}

async function refusedOf(step: TourStep, place: TourPlace): Promise<Printed> {
  const [ran] = await Promise.allSettled([printedBy(step, place)]);
  if (ran.status === 'fulfilled') throw new Error(`it was not refused: ${ran.value.stdout}`);
  return ran.reason as Printed;
}

/** What matches a body of which these parts were told. */
function patternOf(told: unknown): unknown {
  if (typeof told === 'string') {
    const parts = told.split(ANYTHING).map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
    return parts.length === 1 ? told : expect.stringMatching(`^${parts.join('.+')}$`);
  }
  if (Array.isArray(told)) return told.map(patternOf);
  if (typeof told !== 'object' || told === null) return told;
  const parts = Object.entries(told).map(([name, part]) => [name, patternOf(part)] as const);
  return expect.objectContaining(Object.fromEntries(parts));
}
