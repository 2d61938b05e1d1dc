/**
 * What a result holds; benchmarks make no mistakes on purpose.
 * @template T, E
 * @param {{ ok: true, value: T } | { ok: false, error: E }} result
 * @returns {T}
 */
export function valueOf(result) {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.error)}`);
  return result.value;
}
