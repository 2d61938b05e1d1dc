import { plain } from './plain.js';

const GAP = '   ';
const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** A table for people: a line of headings, and a line a row; cells are made plain. */
export function columns(
  head: readonly string[],
  rows: readonly (readonly unknown[])[],
  indent = '',
): string {
  const lines = [head, ...rows].map((row) => row.map(plain));
  const widths = head.map((_, at) => Math.max(...lines.map((line) => widthOf(line[at]))));
  return lines.map((line) => indent + padded(line, widths)).join('\n');
}

/** Names with what they stand for, one a line; those that stand for nothing are left out. */
export function fields(pairs: readonly (readonly [string, unknown])[], indent = '  '): string {
  const there = pairs.filter(([, value]) => value !== undefined && value !== null && value !== '');
  const width = Math.max(...there.map(([name]) => name.length));
  return there
    .map(([name, value]) => `${indent}${name.padEnd(width)}   ${plain(value)}`)
    .join('\n');
}

/** A list in one cell. */
export function listed(texts: readonly string[] | undefined): string {
  return (texts ?? []).join(', ');
}

function padded(line: readonly string[], widths: readonly number[]): string {
  return line
    .map((cell, at) => cell + ' '.repeat((widths[at] ?? 0) - widthOf(cell)))
    .join(GAP)
    .trimEnd();
}

function widthOf(text = ''): number {
  return [...GRAPHEMES.segment(text)].length;
}
