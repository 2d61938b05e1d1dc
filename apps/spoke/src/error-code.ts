/** The code by which Node names a system error, such as `ENOENT`; undefined if it is none. */
export function errorCode(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
