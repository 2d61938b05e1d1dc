/** As much of a browser as a login needs: cookies by host, and no redirect that is not asked for. */
export class Browser {
  private readonly jars = new Map<string, Map<string, string>>();

  cookie(url: string, name: string): string | undefined {
    return this.jar(url).get(name);
  }

  setCookie(url: string, name: string, value: string): void {
    this.jar(url).set(name, value);
  }

  async send(url: string, init: RequestInit = {}): Promise<Response> {
    const cookies = [...this.jar(url)].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = new Headers(init.headers);
    if (cookies !== '') headers.set('cookie', cookies);
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (/max-age=0|expires=thu, 01 jan 1970/i.test(cookie)) this.jar(url).delete(name);
      else this.jar(url).set(name, value);
    }
    return response;
  }

  /** Begins a login at the hub and tells the provider a name; answers where the provider sends one back. */
  async signIn(hub: string, name: string, returnTo = '/'): Promise<string> {
    const begun = await this.send(`${hub}/auth/login?returnTo=${encodeURIComponent(returnTo)}`);
    let url = whereTo(begun);
    while (!url.startsWith(hub)) {
      const isForm = url.includes('/interaction/');
      const response = await this.send(url, isForm ? formOf(name) : {});
      url = new URL(whereTo(response), url).href;
    }
    return url;
  }

  private jar(url: string): Map<string, string> {
    const { host } = new URL(url);
    const jar = this.jars.get(host) ?? new Map<string, string>();
    this.jars.set(host, jar);
    return jar;
  }
}

function formOf(name: string): RequestInit {
  const body = new URLSearchParams({ prompt: 'login', login: name, password: 'any' });
  return { method: 'POST', body };
}

function whereTo(response: Response): string {
  const location = response.headers.get('location');
  if (location === null) throw new Error(`no redirect but ${String(response.status)}`);
  return location;
}
