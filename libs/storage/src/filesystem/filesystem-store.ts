import {
  type CommitSignal,
  InMemoryStore,
  type RowChange,
  type Store,
  StoreUnavailable,
  type UnitOfWork,
} from '@apollo-deploy/orchestration';
import { errorCode } from '../error-code.js';
import type { ProcessLock } from '../process-lock.js';
import { shareTurns } from '../share-turns.js';
import { ChartFiles } from './chart-files.js';
import { createFolder } from './durable-file.js';
import { lockFolder } from './folder-lock.js';
import type { FolderState } from './folder-state.js';
import { beginGeneration, readGeneration } from './generations.js';
import { Journal, type JournalFile, openJournalFile, type TornTail } from './journal.js';
import { changesText, chartBytes, chartFileOf, loadedRow, storedChange } from './stored-change.js';

export interface FilesystemSettings {
  /** On a local disk of this machine; made if it is missing. */
  readonly directory: string;
  /** Hears at the start what a person should know. */
  readonly onReport?: (report: StorageReport) => void;
  /** How the journal is opened to append to it. For tests of disks that fail. */
  readonly openJournal?: (path: string) => Promise<JournalFile>;
}

/** The end of the journal was cut off: a record that was not wholly written. */
export interface StorageReport extends TornTail {
  readonly code: 'torn_tail_cut';
  readonly message: string;
}

/**
 * Keeps everything in memory, and each committed unit of work in a folder: one process, one local
 * disk, for development and small fleets. Works run strictly one after another, and one that writes
 * waits for the disk once. Everything it keeps must fit into memory.
 *
 * The folder holds `journal-N`, to which each unit of work is appended before anybody can read what
 * it wrote; `snapshot-N`, what there was before that journal; `charts/`, the chart archives; `lock/`.
 * Each start reads the newest snapshot and its journal, and writes the next of both. All of it
 * together is a backup, if it is copied while no hub runs.
 */
export class FilesystemStore implements Store {
  private readonly memory: InMemoryStore;
  private closed: Promise<void> | undefined;

  private constructor(
    rows: readonly RowChange[],
    private readonly charts: ChartFiles,
    private readonly journal: Journal,
    private readonly lock: ProcessLock,
  ) {
    this.memory = new InMemoryStore({
      rows,
      persist: (changes) => this.keep(changes),
      pause: shareTurns(),
    });
  }

  /**
   * Takes the folder, reads it back and answers the store. A last record that was not wholly
   * written, as a crash leaves it, is cut off and reported. Throws `StorageFolderRefused` if the
   * folder is in use, is damaged or was written by a newer version, and `StoreUnavailable` if it
   * cannot be read or written.
   */
  static async open(settings: FilesystemSettings): Promise<FilesystemStore> {
    const { directory } = settings;
    try {
      await createFolder(directory);
      const lock = await lockFolder(directory);
      try {
        return await FilesystemStore.openLocked(settings, lock);
      } catch (error) {
        await lock.release();
        throw error;
      }
    } catch (error) {
      throw startFailure(directory, error);
    }
  }

  private static async openLocked(
    { directory, onReport, openJournal = openJournalFile }: FilesystemSettings,
    lock: ProcessLock,
  ): Promise<FilesystemStore> {
    const charts = await ChartFiles.open(directory);
    const recovered = await readGeneration(directory);
    const rows = await loadRows(recovered.state, charts);
    const path = await beginGeneration(directory, recovered);
    await charts.removeAllBut(chartsIn(recovered.state));
    if (recovered.torn !== undefined) onReport?.(tornTailCut(recovered.torn));
    const journal = new Journal(path, await openJournal(path), recovered.state.sequence);
    return new FilesystemStore(rows, charts, journal, lock);
  }

  transact<T>(work: (unit: UnitOfWork) => Promise<T>): Promise<T> {
    return this.memory.transact(work);
  }

  onCommit(listener: (signal: CommitSignal) => void): () => void {
    return this.memory.onCommit(listener);
  }

  /** There are none: the folder is locked. */
  hearsOthers(): boolean {
    return true;
  }

  /** False also when the disk has failed: then it still answers what is durable, and takes nothing. */
  async ready(): Promise<boolean> {
    return this.journal.working && (await this.memory.ready());
  }

  /** Lets the works that were asked for before it end, then gives the folder free. */
  close(): Promise<void> {
    this.closed ??= this.finish();
    return this.closed;
  }

  private async finish(): Promise<void> {
    await this.memory.close();
    try {
      await this.journal.close();
    } finally {
      await this.lock.release();
    }
  }

  private keep(changes: readonly RowChange[]): Promise<void> {
    const archives = changes.flatMap(({ slot }) => {
      const bytes = slot === undefined ? undefined : chartBytes(slot.row);
      return bytes === undefined ? [] : [bytes];
    });
    return this.journal.append(changesText(changes.map(storedChange)), async () => {
      for (const bytes of archives) await this.charts.put(bytes);
    });
  }
}

async function loadRows({ rows }: FolderState, charts: ChartFiles): Promise<readonly RowChange[]> {
  const loaded: RowChange[] = [];
  for (const row of rows) loaded.push(await loadedRow(row, charts));
  return loaded;
}

function chartsIn({ rows }: FolderState): ReadonlySet<string> {
  return new Set(rows.flatMap((row) => chartFileOf(row) ?? []));
}

function tornTailCut(torn: TornTail): StorageReport {
  const { file, offset, bytes } = torn;
  return {
    code: 'torn_tail_cut',
    ...torn,
    message:
      `the last record of ${file} was not wholly written, as a crash leaves it: ${bytes} bytes from ` +
      `byte ${offset} on were cut off. Whoever asked for that change was not told that it was kept; ` +
      'there is nothing to do',
  };
}

/** Refusals and bugs stay what they are; what the system said is an outage. */
function startFailure(directory: string, error: unknown): unknown {
  if (errorCode(error) === undefined) return error;
  return new StoreUnavailable(
    `the folder ${directory} cannot be used: ${String(error)}; see that the hub may write there ` +
      'and that there is room, then start again',
    { cause: error },
  );
}
