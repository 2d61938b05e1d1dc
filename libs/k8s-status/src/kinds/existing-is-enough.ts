/** The way out for what a cluster never gives: a health rule by which objects of a kind only have to exist. */
export function existingIsEnough(kind: string): string {
  return `give the spoke a health rule for ${kind} with "healthy": []`;
}
