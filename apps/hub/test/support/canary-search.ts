import type { TestDatabase } from '@apollo-deploy/storage/testing';

/** Texts that must not be found, by what they stand for. */
export type Canaries = Readonly<Record<string, string>>;

/** What was looked through, and which canaries were where: `entities.values: the values`. */
export interface Searched {
  readonly places: readonly string[];
  readonly found: readonly string[];
}

interface Column {
  readonly table_name: string;
  readonly column_name: string;
}

/** Looks through every column of every table, as text, in hexadecimal digits and in base64. */
export async function searchDatabase(
  database: TestDatabase,
  canaries: Canaries,
): Promise<Searched> {
  const columns = (await database.query(
    `SELECT table_name, column_name FROM information_schema.columns
     WHERE table_schema NOT IN ('pg_catalog', 'information_schema')
     ORDER BY table_name, ordinal_position`,
  )) as unknown as readonly Column[];
  const found: string[] = [];
  for (const table of new Set(columns.map(({ table_name: name }) => name))) {
    const names = columns.flatMap((one) => (one.table_name === table ? [one.column_name] : []));
    const asTexts = names.map((name) => `"${name}"::text`).join(', ');
    const rows = await database.query(`SELECT ${asTexts} FROM "${table}"`);
    for (const name of names) {
      const text = rows.map((row) => String(row[name])).join('\n');
      found.push(...named(`${table}.${name}`, text, canaries));
    }
  }
  const places = columns.map((column) => `${column.table_name}.${column.column_name}`);
  return { places, found };
}

/** Looks through the answers to every GET that the hub documents, for each of these callers. */
export async function searchAnswers(
  url: string,
  callers: Readonly<Record<string, Readonly<Record<string, string>>>>,
  canaries: Canaries,
): Promise<Searched> {
  const routes = await getRoutes(url);
  const found: string[] = [];
  const places = new Set<string>();
  for (const [caller, headers] of Object.entries(callers)) {
    for (const { route, path } of await pathsOf(url, routes, headers)) {
      const { status, text, told } = await read(`${url}${path}`, headers);
      if (status < 300) places.add(route);
      found.push(...named(`${route} as ${caller}`, told + text, canaries));
    }
  }
  return { places: [...places].sort(), found: [...new Set(found)].sort() };
}

/** The canaries that a text has in it, in any form. */
export function named(place: string, text: string, canaries: Canaries): readonly string[] {
  return Object.entries(canaries)
    .filter(([, canary]) => formsOf(canary).some((form) => text.includes(form)))
    .map(([name]) => `${place}: ${name}`);
}

/** As it is, in hexadecimal digits, in an address, and at each place within something in base64. */
function formsOf(canary: string): readonly string[] {
  const bytes = Buffer.from(canary);
  const inBase64 = [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    return text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
  });
  return [canary, bytes.toString('hex'), encodeURIComponent(canary), ...inBase64];
}

async function getRoutes(url: string): Promise<readonly string[]> {
  const description = (await (await fetch(`${url}/api/openapi.json`)).json()) as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  };
  const documented = Object.entries(description.paths);
  return documented.flatMap(([path, methods]) => ('get' in methods ? [path] : []));
}

/** Each route once, or once for every thing that the list before its parameter has. */
async function pathsOf(
  url: string,
  routes: readonly string[],
  headers: Readonly<Record<string, string>>,
): Promise<readonly { readonly route: string; readonly path: string }[]> {
  const paths: { route: string; path: string }[] = [];
  for (const route of routes) {
    const [list = '', rest = ''] = route.split(/\{\w+\}/);
    const names = route.includes('{') ? await namesIn(`${url}${list.slice(0, -1)}`, headers) : [''];
    for (const name of names) paths.push({ route, path: `${list}${name}${rest}` });
  }
  return paths;
}

async function namesIn(
  list: string,
  headers: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const { status, text } = await read(list, headers);
  if (status >= 300) return ['none'];
  const { items } = JSON.parse(text) as { items: readonly Readonly<Record<string, unknown>>[] };
  return items.map(({ id, name }) => encodeURIComponent(String(id ?? name)));
}

interface Read {
  readonly status: number;
  readonly text: string;
  /** The headers. */
  readonly told: string;
}

/** What comes back; of a stream no more than its head: the database has what it is made of. */
async function read(url: string, headers: Readonly<Record<string, string>>): Promise<Read> {
  const abort = new AbortController();
  const response = await fetch(url, { headers, redirect: 'manual', signal: abort.signal });
  const told = JSON.stringify([...response.headers]);
  const isEndless = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
  const text = isEndless ? '' : await response.text();
  if (isEndless) abort.abort();
  return { status: response.status, text, told };
}
