import { CommandEnded } from '../command-ended.js';
import { EXIT } from '../exit-code.js';

/** A route of the API; what is put in is one segment each, whatever it is made of. */
export function route(texts: TemplateStringsArray, ...names: readonly string[]): string {
  return `/api/v1/${pathOf(texts, names)}`;
}

/** A route of the pipeline, which stands at the root of the hub; otherwise as `route`. */
export function rootRoute(texts: TemplateStringsArray, ...names: readonly string[]): string {
  return `/${pathOf(texts, names)}`;
}

/** With these parameters; those that are absent are left out. */
export function withQuery(
  path: string,
  parameters: Readonly<Record<string, string | undefined>>,
): string {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined);
  const query = new URLSearchParams(given as [string, string][]).toString();
  return query === '' ? path : `${path}?${query}`;
}

function pathOf(texts: TemplateStringsArray, names: readonly string[]): string {
  return texts.map((text, at) => text + segment(names[at])).join('');
}

function segment(name: string | undefined): string {
  if (name === undefined) return '';
  // An address loses these on its way, and would be another one.
  if (name === '' || name === '.' || name === '..') {
    throw new CommandEnded(EXIT.unusable, `${JSON.stringify(name)} is no name of anything`);
  }
  return encodeURIComponent(name);
}
