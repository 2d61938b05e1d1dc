const LINE_FEED = 0x0a;
/** Longer than any line the hub writes, in bytes. */
const LONGEST = 16 * 1024 * 1024;

/**
 * The lines of an export, one after another. `undefined` stands for bytes that are none: no UTF-8, a
 * line that never ends, or an end in the middle of one; nothing comes after it. Decoding is strict,
 * since a lax decoder reads different bytes as the same text.
 */
export async function* exportLines(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<string | undefined> {
  let rest: readonly Uint8Array[] = [];
  for await (const chunk of chunks) {
    let from = 0;
    for (let at = chunk.indexOf(LINE_FEED); at !== -1; at = chunk.indexOf(LINE_FEED, from)) {
      yield decoded([...rest, chunk.subarray(from, at)]);
      rest = [];
      from = at + 1;
    }
    rest = [...rest, chunk.subarray(from)];
    if (lengthOf(rest) > LONGEST) {
      yield undefined;
      return;
    }
  }
  if (lengthOf(rest) > 0) yield undefined;
}

function decoded(parts: readonly Uint8Array[]): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(parts));
  } catch {
    // Not UTF-8.
    return undefined;
  }
}

function lengthOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}
