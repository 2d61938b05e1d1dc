const SUFFIXES: Readonly<Record<string, bigint>> = {
  '': 1_000_000_000n,
  n: 1n,
  u: 1000n,
  m: 1_000_000n,
  k: 10n ** 12n,
  M: 10n ** 15n,
  G: 10n ** 18n,
  T: 10n ** 21n,
  P: 10n ** 24n,
  E: 10n ** 27n,
  Ki: 1024n * 10n ** 9n,
  Mi: 1024n ** 2n * 10n ** 9n,
  Gi: 1024n ** 3n * 10n ** 9n,
  Ti: 1024n ** 4n * 10n ** 9n,
  Pi: 1024n ** 5n * 10n ** 9n,
  Ei: 1024n ** 6n * 10n ** 9n,
};
const QUANTITY = /^(\d{1,20})(?:\.(\d{1,9}))?(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$/;
/** What a sum is written in, largest first. */
const BINARY = ['Ei', 'Pi', 'Ti', 'Gi', 'Mi', 'Ki'] as const;

/** The sum of Kubernetes quantities, exactly; null if one of them cannot be read. */
export function sumQuantities(quantities: readonly string[]): string | null {
  const [only] = quantities;
  if (only !== undefined && quantities.length === 1) return only;
  let sum = 0n;
  for (const quantity of quantities) {
    const nanos = parse(quantity);
    if (nanos === null) return null;
    sum += nanos;
  }
  return format(
    sum,
    quantities.some((quantity) => quantity.endsWith('i')),
  );
}

/** True if both are quantities and amount to the same. */
export function sameQuantity(a: string, b: string): boolean {
  const amount = parse(a);
  return amount !== null && amount === parse(b);
}

/** True if both are quantities, and the first is the larger one. */
export function exceeds(asked: string, free: string): boolean {
  const [more, less] = [parse(asked), parse(free)];
  return more !== null && less !== null && more > less;
}

/** What is left of a bound, and never less than nothing; null if one of them cannot be read. */
export function quantityLeft(bound: string, used: string): string | null {
  const [all, gone] = [parse(bound), parse(used)];
  if (all === null || gone === null) return null;
  const isBinary = bound.endsWith('i') || used.endsWith('i');
  return all > gone ? format(all - gone, isBinary) : '0';
}

/** True if one is a quarter more or less than the other, or cannot be read. */
export function differsWidely(before: string, after: string): boolean {
  const [was, is] = [parse(before), parse(after)];
  if (was === null || is === null) return true;
  const step = is > was ? is - was : was - is;
  return step * 4n > was;
}

/** In billionths, rounded down. */
function parse(text: string): bigint | null {
  const match = QUANTITY.exec(text);
  if (match === null) return null;
  const [, whole = '0', fraction = '', suffix = ''] = match;
  const unit = SUFFIXES[suffix] ?? 1n;
  return (BigInt(whole + fraction) * unit) / 10n ** BigInt(fraction.length);
}

function format(nanos: bigint, binary: boolean): string {
  const suffixes = binary ? BINARY : [];
  const fitting = [...suffixes, '', 'm', 'u', 'n'].find(
    (suffix) => nanos % (SUFFIXES[suffix] ?? 1n) === 0n,
  );
  return `${nanos / (SUFFIXES[fitting ?? 'n'] ?? 1n)}${fitting ?? 'n'}`;
}
