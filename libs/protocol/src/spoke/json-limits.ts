/** Of no message, and not every reader behind the decoder survives it. */
export function nestsDeeperThan(levels: number, text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (inString) {
      if (character === '\\') at += 1;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '{' || character === '[') {
      depth += 1;
      if (depth > levels) return true;
    } else if (character === '}' || character === ']') depth -= 1;
  }
  return false;
}

/** How a number has to be written to be larger than all that there are. */
const MAY_BE_INFINITE = /[eE]\+?\d{3}|\d{309}/;

/** Whether JSON holds a number that is infinite once it is read: no two readers make the same of it. */
export function holdsInfinity(text: string, value: unknown): boolean {
  if (!MAY_BE_INFINITE.test(text)) return false;
  const open: unknown[] = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (next === Infinity || next === -Infinity) return true;
    if (typeof next === 'object' && next !== null)
      for (const member of Object.values(next)) open.push(member);
  }
  return false;
}
