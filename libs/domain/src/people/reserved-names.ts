/** Names that the hub itself acts under, and nobody else may have. */
const RESERVED_NAMES: readonly string[] = ['dev-operator', 'engine', 'stranger'];

export function isReservedName(name: string): boolean {
  return RESERVED_NAMES.includes(name);
}
