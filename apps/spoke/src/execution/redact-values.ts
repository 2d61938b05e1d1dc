import type { ReleaseRecord } from '@apollo-deploy/helm';
import type { PlanOffer, PlanVerdict } from '@apollo-deploy/protocol';
import { boundedEvidence } from './plan-evidence.js';
import { secretsIn, type Secret } from './secret-values.js';
import { cut } from './verdicts.js';

/** What is said about a plan, without its values. */
export interface Redactor {
  text(text: string): string;
  /** Every text in it, however deep. */
  deep<T>(value: T): T;
  verdict(verdict: PlanVerdict): PlanVerdict;
  /** From now on hides the values of this revision as well. */
  hide(record: RecordedValues): void;
}

type RecordedValues = Pick<ReleaseRecord, 'values' | 'valuesDigest' | 'chartName' | 'chartVersion'>;

interface Found {
  readonly start: number;
  readonly end: number;
  readonly label: string;
}

/**
 * Takes the values of a plan out of all that Helm, the cluster and programs say about it: values hold
 * passwords, and templates, schemas and errors quote them. Each is replaced by the path it has in the
 * values. What the plan's content tells anyway, such as the release's name, stays. The offer's values
 * are hidden from the beginning, and those that the cluster records as soon as they are told to `hide`.
 */
export function redactorOf({ planId, content, values }: PlanOffer): Redactor {
  const { entity, spoke, namespace, releaseName, chart } = content;
  const known = [planId, entity, spoke, namespace, releaseName, chart?.name, chart?.version];
  let secrets = secretsIn(values, new Set(known));
  const hidden = new Set([content.valuesDigest]);
  const text = (said: string): string => redacted(said, secrets);
  const deep = <T>(value: T): T => mapTexts(value, text) as T;
  const verdict = (given: PlanVerdict): PlanVerdict => ({
    ...given,
    message: cut(text(given.message)),
    evidence: boundedEvidence(deep(given.evidence)),
  });
  const hide = (record: RecordedValues): void => {
    if (hidden.has(record.valuesDigest)) return;
    hidden.add(record.valuesDigest);
    const told = new Set([...known, record.chartName, record.chartVersion]);
    const forms = new Set(secrets.map(({ form }) => form));
    const more = secretsIn(record.values, told).filter(({ form }) => !forms.has(form));
    secrets = [...secrets, ...more];
  };
  return { text, deep, verdict, hide };
}

function redacted(text: string, secrets: readonly Secret[]): string {
  const found = secrets.flatMap((secret) => [...whole(text, secret), ...cutOff(text, secret)]);
  if (found.length === 0) return text;
  found.sort((a, b) => a.start - b.start || b.end - a.end);
  let told = '';
  let upTo = 0;
  for (const { start, end, label } of found) {
    // What overlaps is hidden under the first name.
    if (start >= upTo) told += text.slice(upTo, start) + label;
    upTo = Math.max(upTo, end);
  }
  return told + text.slice(upTo);
}

function whole(text: string, { form, label, standsAlone }: Secret): Found[] {
  const found: Found[] = [];
  for (let start = text.indexOf(form); start !== -1; start = text.indexOf(form, start + 1)) {
    const end = start + form.length;
    const inside = /[\dA-Za-z]/;
    const isPart = inside.test(text[start - 1] ?? '') || inside.test(text[end] ?? '');
    if (!standsAlone || !isPart) found.push({ start, end, label });
  }
  return found;
}

/** Long outputs are cut: at their ends, and at the ends of their lines, a value may stand in part. */
function cutOff(text: string, { form, label, standsAlone }: Secret): Found[] {
  if (standsAlone) return [];
  const found: Found[] = [];
  let start = 0;
  for (const line of text.split(CUT)) {
    const end = start + line.length;
    const head = suffixAtStart(line, form);
    if (head > 0) found.push({ start, end: start + head, label });
    const tail = prefixAtEnd(line, form);
    if (tail > 0) found.push({ start: end - tail, end, label });
    start = end + 1;
  }
  return found;
}

const CUT = /[\n…]/;
/** A shorter piece gives nothing away. */
const SHORTEST_PIECE = 6;

/** How many characters at the line's start are the end of the form. */
function suffixAtStart(line: string, form: string): number {
  const piece = line.slice(0, SHORTEST_PIECE);
  if (piece.length < SHORTEST_PIECE) return 0;
  for (let at = form.indexOf(piece, 1); at !== -1; at = form.indexOf(piece, at + 1)) {
    if (line.startsWith(form.slice(at))) return form.length - at;
  }
  return 0;
}

/** How many characters at the line's end are the beginning of the form. */
function prefixAtEnd(line: string, form: string): number {
  const piece = line.slice(-SHORTEST_PIECE);
  if (piece.length < SHORTEST_PIECE) return 0;
  for (let at = form.lastIndexOf(piece); at !== -1; at = form.lastIndexOf(piece, at - 1)) {
    const length = at + SHORTEST_PIECE;
    if (length < form.length && line.endsWith(form.slice(0, length))) return length;
    if (at === 0) break;
  }
  return 0;
}

function mapTexts(value: unknown, map: (text: string) => string): unknown {
  if (typeof value === 'string') return map(value);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, map));
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, mapTexts(member, map)]),
  );
}
