import { readFile } from 'node:fs/promises';
import { readChartArchive, type ChartArchive } from './chart-archive.js';

const MOST_KEPT = 500;

/** Chart archives by their paths, read once: a path holds the digest of its content. */
export class ChartLibrary {
  private readonly read = new Map<string, Promise<ChartArchive | null>>();

  /** Null if the file is no chart. Throws what the file system throws. */
  get(path: string): Promise<ChartArchive | null> {
    const known = this.read.get(path);
    if (known !== undefined) return known;
    const reading = readFile(path).then(readChartArchive);
    this.read.set(path, reading);
    // What could not be read may be there the next time; the caller is told.
    void reading.catch(() => this.read.delete(path));
    const [oldest] = this.read.keys();
    if (this.read.size > MOST_KEPT && oldest !== undefined) this.read.delete(oldest);
    return reading;
  }
}
