import { err, ok, type Result } from '@apollo-deploy/kernel';

/** JSON nested deeper than this is of no message, and not every reader behind this one survives it. */
const DEPTH_LIMIT = 64;
const SUSPECT = /\\u(?:0000|d[89a-f])/i;
const ESCAPE = /\\u[dD][89abAB][^]{2}\\u[dD][c-fC-F][^]{2}|\\u[^]{4}|\\[^]/g;
const NOT_TEXT = /^\\u(?:0000|d[89a-f]..)$/i;

/**
 * A frame's text without what the store cannot keep: U+0000 and halves of characters, as the output
 * of programs may hold them, become U+FFFD. Refused, in words, if it is nested too deeply.
 */
export function cleanFrame(text: string): Result<string, string> {
  if (depthOf(text) > DEPTH_LIMIT) {
    return err(`the frame is nested more than ${DEPTH_LIMIT} levels deep`);
  }
  if (!SUSPECT.test(text)) return ok(text);
  return ok(text.replace(ESCAPE, (escape) => (NOT_TEXT.test(escape) ? '\\ufffd' : escape)));
}

/** How deeply brackets outside of strings are nested; exact for JSON, harmless for anything else. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (inString) {
      if (character === '\\') at += 1;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '{' || character === '[') deepest = Math.max(deepest, ++depth);
    else if (character === '}' || character === ']') depth -= 1;
  }
  return deepest;
}
