import { createReadStream } from 'node:fs';
import { ChainCheck, type ChainHead } from '@apollo-deploy/domain';
import { EXIT, type ExitCode } from '../exit-code.js';
import { exportLines } from './export-lines.js';

/** What became of a check; the text is for people. */
interface Verdict {
  readonly code: ExitCode;
  readonly text: string;
}

/** Checks the export in a file against itself, and against heads that were kept elsewhere. */
export async function verifyExport(file: string, heads: readonly ChainHead[]): Promise<Verdict> {
  const check = new ChainCheck(heads);
  try {
    for await (const line of exportLines(createReadStream(file))) {
      // What is no text is no line either.
      if (!check.take(line ?? '')) break;
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { code: EXIT.unseen, text: `${file} cannot be read: ${why}` };
  }
  const found = check.end();
  if (!found.ok)
    return { code: EXIT.refused, text: `${file}: ${found.error.code}: ${found.error.message}` };
  const { number, hash } = found.value;
  return {
    code: EXIT.done,
    text: `${file}: ${number} entries, unchanged; head ${number}:${hash}${reach(number, heads)}`,
  };
}

/** How far what was found can be relied on. */
function reach(number: number, heads: readonly ChainHead[]): string {
  const proven = Math.max(0, ...heads.map((head) => head.number));
  if (proven === number && heads.length > 0) return '\nwhole: it ends with the newest head given';
  if (heads.length > 0) return `\nwhole up to ${proven}, the newest head given`;
  return '\nwhether its end is missing, or all of it was written anew, shows only against a head that was kept elsewhere: give it with --head';
}
