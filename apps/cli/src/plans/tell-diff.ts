import { plain } from '../output/plain.js';
import type { DiffView, ValueChange } from './plan-view.js';

/** What a plan changes about the values that run now, one a line, and what is not known of it. */
export function tellDiff({ from, values, manifest }: DiffView): string {
  const { changes, more } = values;
  const running = from && `${plain(from.version)}, revision ${from.revision}`;
  const head = values.known
    ? `values, against what runs now (${running ?? 'nothing'})`
    : `values that it sets, all of them, because nobody can compare: ${plain(values.why)}`;
  const lines = tellChanges(changes, more);
  return [
    head,
    ...(lines.length > 0 ? lines : [values.known ? 'no change' : 'none']).map(
      (line) => `  ${line}`,
    ),
    ...(manifest.known ? [] : [`manifest not shown: ${plain(manifest.why)}`]),
  ].join('\n');
}

/** Changes of values, one a line; `more` are not among them. */
export function tellChanges(changes: readonly ValueChange[], more: number): readonly string[] {
  return [...changes.map(tellChange), ...(more > 0 ? [`and ${more} more`] : [])];
}

function tellChange({ path, change, before, after }: ValueChange): string {
  const where = plain(path);
  if (change === 'added') return `${where}: ${written(after)} (added)`;
  if (change === 'removed') return `${where}: ${written(before)} (removed)`;
  return `${where}: ${written(before)} -> ${written(after)}`;
}

/** Texts in quotes, so that none can look like what stands beside it. */
function written(value: unknown): string {
  return plain(JSON.stringify(value));
}
