const LONGEST = 80;

/** The text for a message to people: whole up to 80 UTF-16 units, else its first 77 and `...`. */
export function shorten(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 3)}...`;
}
