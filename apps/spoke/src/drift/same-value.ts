import { sameQuantity } from '@apollo-deploy/kube';

/** True for what the API server leaves out: nothing, and what is as good as nothing. */
export function isNothing(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  if (Array.isArray(value)) return value.length === 0;
  if (typeof value === 'object') return Object.values(value).every(isNothing);
  return value === false || value === 0 || value === '';
}

/**
 * True if both mean the same to the API server: quantities however written, and scalars as YAML 1.1
 * reads them, which Helm does and our reader does not (`0644` is 420, `yes` is true).
 */
export function sameScalar(expected: unknown, live: unknown): boolean {
  if (expected === live) return true;
  if (typeof expected === 'number' && typeof live === 'number') return octal(expected) === live;
  if (typeof expected === 'string' && typeof live === 'boolean') return yes(expected) === live;
  return isAmount(expected) && isAmount(live) && sameQuantity(String(expected), String(live));
}

function isAmount(value: unknown): value is string | number {
  return typeof value === 'number' || typeof value === 'string';
}

/** What the digits mean if they were written with a leading zero. */
function octal(digits: number): number | null {
  const text = String(digits);
  return /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : null;
}

function yes(text: string): boolean | null {
  if (/^(y|yes|on)$/i.test(text)) return true;
  return /^(n|no|off)$/i.test(text) ? false : null;
}
