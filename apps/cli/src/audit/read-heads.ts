import { readFile } from 'node:fs/promises';
import type { ChainHead } from '@apollo-deploy/domain';
import { err, ok, parseJson, type Result } from '@apollo-deploy/kernel';

/** Heads that were kept in one place, and what else was noted there, for people. */
export interface GivenHeads {
  readonly heads: readonly ChainHead[];
  readonly note?: string;
}

const PAIR = /^(\d{1,15}):([0-9a-f]{64})$/;
const HASH = /^[0-9a-f]{64}$/;
/** Under this a spoke notes in its ConfigMap what it was told that contradicts what it keeps. */
const CONTRADICTED = 'contradicted';

/**
 * Heads as a person gives them: `NUMBER:HASH`, or the name of a file with the answer of the hub or with
 * the ConfigMap of a spoke, as `kubectl get -o json` prints it, alone or in a list.
 */
export async function readHeads(given: string): Promise<Result<GivenHeads, string>> {
  const [, number, hash] = PAIR.exec(given) ?? [];
  if (number !== undefined && hash !== undefined) {
    return ok({ heads: [{ number: Number(number), hash }] });
  }
  let held: unknown;
  try {
    held = JSON.parse(await readFile(given, 'utf8'));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return err(`--head ${given} is neither NUMBER:HASH nor a readable file with heads: ${why}`);
  }
  const read = headsIn(held);
  return read.ok ? read : err(`--head ${given}: ${read.error}`);
}

function headsIn(held: unknown): Result<GivenHeads, string> {
  if (isHead(held)) return ok({ heads: [headOf(held)] });
  const { kind, items, data } = membersOf(held);
  if (kind === 'ConfigMap') return headsOfSpoke(membersOf(data));
  if (kind !== 'List' || !Array.isArray(items)) {
    return err(
      'the file has no head; it has to hold {"number": …, "hash": "…"}, or the ConfigMap in which a spoke keeps heads',
    );
  }
  const [only, ...more] = items as readonly unknown[];
  if (only !== undefined && more.length === 0) return headsIn(only);
  return err(
    `the file holds ${items.length} objects; give the one ConfigMap in which the spoke keeps the heads of this hub`,
  );
}

function headsOfSpoke(data: Readonly<Record<string, unknown>>): Result<GivenHeads, string> {
  const { [CONTRADICTED]: contradiction, ...kept } = data;
  const heads = Object.values(kept).map(parsed);
  if (heads.length === 0 || !heads.every(isHead)) {
    return err('this is not the ConfigMap of a spoke that keeps heads, or somebody has changed it');
  }
  return ok({
    heads: heads.map(headOf),
    ...(contradiction !== undefined && { note: noteOn(contradiction) }),
  });
}

function noteOn(contradiction: unknown): string {
  const { told } = membersOf(parsed(contradiction));
  const { keptAt } = membersOf(told);
  const what = isHead(told) ? `of ${told.number}:${told.hash}` : 'of another head';
  const when = typeof keptAt === 'string' ? ` at ${keptAt}` : '';
  return `the spoke was told ${what}${when}, which contradicts what it keeps: the hub had another trail then`;
}

function isHead(value: unknown): value is ChainHead {
  const { number, hash } = membersOf(value);
  const isNumber = Number.isSafeInteger(number) && Number(number) >= 0;
  return isNumber && typeof hash === 'string' && HASH.test(hash);
}

function headOf({ number, hash }: ChainHead): ChainHead {
  return { number, hash };
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  const isObject = typeof value === 'object' && value !== null;
  return isObject ? (value as Readonly<Record<string, unknown>>) : {};
}

function parsed(text: unknown): unknown {
  return typeof text === 'string' ? parseJson(text) : undefined;
}
