/** The token or JWT that an Authorization header holds; `undefined` if it holds none. */
export function bearerOf(authorization: string): string | undefined {
  return /^Bearer ([\x21-\x7e]{1,8192})$/i.exec(authorization)?.[1];
}
