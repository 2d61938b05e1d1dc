/** Line ends and tabs, which would make one text look like several. */
const SPACES = /[\t\n\v\f\r\u0085\u2028\u2029]+/g;
/** What a terminal obeys, or what makes a text look like another one, and no letter. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu;
/** Of these, what JSON may hold as it is: control characters of C0 are always escaped there. */
const UNSEEN_IN_JSON = /[\u007f-\u009f\u2028\u2029\p{Cf}]/gu;

/**
 * A text from elsewhere on one line, with nothing in it that a terminal obeys: what is no visible
 * character stands there as its number, such as `\u{1b}`. Absent = `-`.
 */
export function plain(text: unknown): string {
  if (text === undefined || text === null || text === '') return '-';
  const given = typeof text === 'string' ? text : JSON.stringify(text);
  return given.replace(SPACES, ' ').replace(UNSEEN, numbered);
}

/** The same lines, with nothing in them that a terminal obeys. */
export function screened(lines: string): string {
  return lines.replace(UNSEEN, (character) =>
    character === '\n' ? character : numbered(character),
  );
}

/** The same JSON, with nothing in it that a terminal obeys. */
export function plainJson(json: string): string {
  return json.replace(UNSEEN_IN_JSON, (character) =>
    [...Array(character.length).keys()]
      .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

function numbered(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
