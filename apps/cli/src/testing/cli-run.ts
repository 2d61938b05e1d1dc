import { runApolloctl } from '../run-apolloctl.js';

/** What a hub answers: a status and a body, JSON unless it is text. */
export interface CannedAnswer {
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

type Canned = CannedAnswer | Error;

interface SentRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly redirect?: string;
  readonly body?: unknown;
}

/** What a command meets; nobody sits at it, and the hub knows nothing, unless that is said. */
export interface Circumstances {
  /** By `METHOD path`; an error is what the network does. Of several the last is for good. */
  readonly hub?: Readonly<Record<string, Canned | readonly Canned[]>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly directory?: string;
  readonly terminal?: { readonly input?: boolean; readonly output?: boolean };
  /** What the person at it answers. */
  readonly says?: string;
}

export interface CliRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly requests: readonly SentRequest[];
  /** `METHOD path` of each request. */
  readonly asked: readonly string[];
}

const NOW = new Date('2026-03-01T12:00:00.000Z');

/** Runs one command line on a hub that answers as it is told. */
export async function run(
  commandLine: string | readonly string[],
  { hub = {}, env = {}, directory = '/nowhere', terminal, says = '' }: Circumstances = {},
): Promise<CliRun> {
  const [out, err]: [string[], string[]] = [[], []];
  const requests: SentRequest[] = [];
  const words = typeof commandLine === 'string' ? commandLine.split(' ') : commandLine;
  let now = NOW;
  const code = await runApolloctl(words, {
    env,
    directory,
    isTerminal: { input: terminal?.input ?? false, output: terminal?.output ?? false },
    now: () => now,
    pause: async (ms) => {
      now = new Date(now.getTime() + ms);
    },
    print: (text) => out.push(text),
    tell: (text) => err.push(text),
    ask: async (question) => {
      err.push(question);
      return says;
    },
    fetch: async (url, init) => {
      const request = sentRequest(new Request(url).url, init);
      requests.push(request);
      return answered(nextOf(hub[`${request.method} ${request.path}`], requests, request));
    },
  });
  const asked = requests.map(({ method, path }) => `${method} ${path}`);
  return { code, out: out.join('\n'), err: err.join('\n'), requests, asked };
}

/** A problem as the hub answers it. */
export function aProblem(
  status: number,
  code: string,
  more: Readonly<Record<string, unknown>> = {},
): CannedAnswer {
  const problem = {
    type: `urn:${code}`,
    title: 'It said no',
    detail: 'because',
    requestId: 'req-1',
  };
  return { status, body: { ...problem, status, code, data: {}, ...more } };
}

function sentRequest(url: string, init: RequestInit | undefined): SentRequest {
  const { pathname, search } = new URL(url);
  const { method = 'GET', headers, body, redirect } = init ?? {};
  return {
    method,
    path: `${pathname}${search}`,
    headers: new Headers(headers),
    ...(redirect !== undefined && { redirect }),
    ...(typeof body === 'string' && { body: JSON.parse(body) as unknown }),
  };
}

function nextOf(
  canned: Canned | readonly Canned[] | undefined,
  requests: readonly SentRequest[],
  { method, path }: SentRequest,
): Canned | undefined {
  if (!Array.isArray(canned)) return canned as Canned | undefined;
  const before = requests.filter((sent) => sent.method === method && sent.path === path).length - 1;
  return canned[Math.min(before, canned.length - 1)] as Canned | undefined;
}

function answered(canned: Canned | undefined): Response {
  if (canned instanceof Error) throw canned;
  const { status = 200, body, headers } = canned ?? aProblem(404, 'http/route_not_found');
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return new Response(status === 204 ? null : text, { status, ...(headers && { headers }) });
}
