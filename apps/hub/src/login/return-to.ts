const LONGEST = 2048;
const NOWHERE = 'http://hub.invalid';

/**
 * The path on this hub that a text stands for, as a browser would read it; `undefined` if it would lead
 * anywhere else.
 */
export function localPath(text: string): string | undefined {
  if (text.length > LONGEST || !/^\/[\x21-\x7e]*$/.test(text) || text.includes('\\')) {
    return undefined;
  }
  if (!URL.canParse(text, NOWHERE)) return undefined;
  const { origin, pathname, search, hash } = new URL(text, NOWHERE);
  return origin === NOWHERE && !pathname.startsWith('//') ? pathname + search + hash : undefined;
}
