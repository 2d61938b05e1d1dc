import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder } from './durable-file.js';
import { type FileHeader, HEADER_BYTES, readHeader } from './file-header.js';
import { FileWindow } from './file-window.js';
import { FolderState } from './folder-state.js';
import { replayJournal, type TornTail, writeEmptyJournal } from './journal.js';
import { readSnapshot, writeSnapshot } from './snapshot.js';
import { damaged } from './storage-folder-refused.js';

const GENERATION_FILE = /^(journal|snapshot)-([1-9]\d{0,14})(\.new-[0-9a-f]{32})?$/;

/** What a folder held, and the number of the snapshot and journal it was in; 0 = of none. */
export interface RecoveredFolder {
  readonly state: FolderState;
  readonly generation: number;
  readonly torn?: TornTail;
}

/**
 * Reads a folder's newest snapshot and its journal, and changes nothing. A start writes its snapshot
 * after its journal, so a journal without a snapshot is empty and begins where this one ends. Throws
 * `StorageFolderRefused` if that, or anything else, is not so.
 */
export async function readGeneration(directory: string): Promise<RecoveredFolder> {
  const generation = Math.max(0, ...(await numbersOf(directory, 'snapshot')));
  const recovered = generation === 0 ? emptyFolder() : await readBoth(directory, generation);
  for (const number of await numbersOf(directory, 'journal')) {
    if (number <= generation) continue;
    await assertUnused(journalPath(directory, number), recovered.state.sequence);
  }
  return recovered;
}

async function readBoth(directory: string, generation: number): Promise<RecoveredFolder> {
  const journal = journalPath(directory, generation);
  const state = await readSnapshot(snapshotPath(directory, generation));
  if (!(await numbersOf(directory, 'journal')).includes(generation)) {
    throw damaged({ file: journal, offset: 0 }, 'the file is missing, and its snapshot is not');
  }
  const torn = await replayJournal(journal, state);
  return { state, generation, ...(torn !== undefined && { torn }) };
}

async function assertUnused(path: string, sequence: number): Promise<void> {
  const isUnused = await FileWindow.over(path, async (window) => {
    return (await readHeader(window, 'journal')) === sequence && window.size === HEADER_BYTES;
  });
  if (!isUnused) throw damaged({ file: path, offset: 0 }, 'the snapshot before it is missing');
}

/**
 * Writes the next generation: an empty journal, then the snapshot that makes it count, both durable;
 * then removes every earlier one. Answers the path of the journal.
 */
export async function beginGeneration(
  directory: string,
  { state, generation }: RecoveredFolder,
): Promise<string> {
  const next = generation + 1;
  const journal = journalPath(directory, next);
  await writeEmptyJournal(journal, state.sequence);
  await writeSnapshot(snapshotPath(directory, next), state);
  for (const name of await readdir(directory)) {
    const [, , number, unfinished] = GENERATION_FILE.exec(name) ?? [];
    if (number === undefined) continue;
    if (Number(number) !== next || unfinished !== undefined) await rm(join(directory, name));
  }
  await syncFolder(directory);
  return journal;
}

async function numbersOf(directory: string, kind: FileHeader['kind']): Promise<readonly number[]> {
  const names = await readdir(directory);
  return names.flatMap((name) => {
    const [, of, number, unfinished] = GENERATION_FILE.exec(name) ?? [];
    return of === kind && unfinished === undefined ? [Number(number)] : [];
  });
}

function emptyFolder(): RecoveredFolder {
  return { state: new FolderState(), generation: 0 };
}

function journalPath(directory: string, generation: number): string {
  return join(directory, `journal-${generation}`);
}

function snapshotPath(directory: string, generation: number): string {
  return join(directory, `snapshot-${generation}`);
}
