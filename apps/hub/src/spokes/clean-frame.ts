const SUSPECT = /\\u(?:0000|d[89a-f])/i;
const ESCAPE = /\\u[dD][89abAB][^]{2}\\u[dD][c-fC-F][^]{2}|\\u[^]{4}|\\[^]/g;
const NOT_TEXT = /^\\u(?:0000|d[89a-f]..)$/i;

/**
 * A frame's text without what the store cannot keep: U+0000 and halves of characters, as the output
 * of programs may hold them, become U+FFFD.
 */
export function cleanFrame(text: string): string {
  if (!SUSPECT.test(text)) return text;
  return text.replace(ESCAPE, (escape) => (NOT_TEXT.test(escape) ? '\\ufffd' : escape));
}
