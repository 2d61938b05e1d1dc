/** Each once, in the order of their first. */
export function distinct(names: readonly string[]): readonly string[] {
  return [...new Set(names)];
}
