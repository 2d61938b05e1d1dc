/** What a cookie is called and how it is sent back; over HTTPS no other host can set it. */
export class LoginCookies {
  readonly session: string;
  readonly attempt: string;
  private readonly attributes: string;

  constructor(publicUrl: string) {
    const secure = publicUrl.startsWith('https:');
    this.session = `${secure ? '__Host-' : ''}apollo-session`;
    this.attempt = `${secure ? '__Host-' : ''}apollo-login`;
    this.attributes = `Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
  }

  /** A Set-Cookie header; `seconds` 0 takes the cookie away. */
  set(name: string, value: string, seconds: number): string {
    return `${name}=${value}; ${this.attributes}; Max-Age=${String(seconds)}`;
  }
}

/** The one value of a cookie; `undefined` if there is none, or more than one: nobody knows whose then. */
export function cookieOf(header: string | undefined, name: string): string | undefined {
  const values = (header ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  return values.length === 1 ? values[0] : undefined;
}
