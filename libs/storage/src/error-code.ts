/** The code that Node and PostgreSQL put on their errors, such as `ENOENT` or `40001`. */
export function errorCode(error: unknown): string | undefined {
  // Not `instanceof Error`: an error of Node's own may come from another realm.
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** The number with which a program ended that `execFile` ran. */
export function exitCode(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'number' ? error.code : undefined;
}
