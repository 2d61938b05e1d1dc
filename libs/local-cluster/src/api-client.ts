import { request } from 'node:https';

/** What the API server answered. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: string;
}

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  /** Sent as JSON; as a merge patch with PATCH. */
  readonly body?: unknown;
}

const TIMEOUT_MS = 10_000;

/** The few requests that setting up a cluster takes. Rejects when the server cannot be reached. */
export class ApiClient {
  constructor(
    private readonly apiUrl: string,
    private readonly token: string,
    /** PEM; read at each request, since a new API server makes its certificate when it starts. */
    private readonly certificateAuthority: () => Promise<string>,
  ) {}

  async send({ method, path, body }: ApiRequest): Promise<ApiAnswer> {
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    const options = {
      method,
      ca: await this.certificateAuthority(),
      headers: { authorization: `Bearer ${this.token}`, 'content-type': type },
      timeout: TIMEOUT_MS,
      agent: false,
    };
    return new Promise((resolve, reject) => {
      const sent = request(new URL(path, this.apiUrl), options, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() });
        });
      });
      sent.on('timeout', () => {
        sent.destroy(new Error(`no answer to ${method} ${path} within ${String(TIMEOUT_MS)} ms`));
      });
      sent.on('error', reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
}
