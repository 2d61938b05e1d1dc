/** A text as it is up to so many UTF-16 units; what is longer ends there, with `…`. */
export function cutText(text: string, lengthMax: number): string {
  return text.length <= lengthMax ? text : `${text.slice(0, lengthMax).toWellFormed()}…`;
}
