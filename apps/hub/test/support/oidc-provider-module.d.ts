/** As much of the package as the tests' provider uses. */
declare module 'oidc-provider' {
  interface Grant {
    addOIDCScope(scope: string): void;
    save(): Promise<string>;
  }
  interface Asked {
    readonly oidc: {
      readonly client: { readonly clientId: string };
      readonly session: { readonly accountId: string };
    };
  }
  interface Settings {
    readonly [setting: string]: unknown;
    readonly fetch: (url: string, options: RequestInit) => Promise<Response>;
    readonly findAccount: (context: Asked, id: string) => object;
    readonly loadExistingGrant: (context: Asked) => Promise<object>;
  }
  class Provider {
    constructor(issuer: string, settings: Settings);
    readonly Grant: new (of: object) => Grant;
    listen(port: number, host: string, ready: () => void): void;
  }
  export { Provider as default };
}
