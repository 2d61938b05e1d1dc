/** One comparison, its value not looked at yet. */
export interface Comparison {
  readonly fact: string;
  readonly operator: string;
  readonly value: unknown;
}

/** What a node of a rule is, its children not looked at yet. */
export type RuleShape =
  | { readonly word: 'all' | 'any'; readonly children: readonly unknown[] }
  | { readonly word: 'not'; readonly child: unknown }
  | { readonly word: 'compare'; readonly comparison: Comparison }
  | { readonly word: 'none' };

export const ACCEPTED_SHAPES = '{all: [...]}, {any: [...]}, {not: ...} and {fact, operator, value}';

const NONE = { word: 'none' } as const;

/** Which of the four conditions some JSON is. One with members of two of them is none. */
export function shapeOf(node: unknown): RuleShape {
  if (typeof node !== 'object' || node === null) return NONE;
  const { all, any, not, fact, operator, value } = node as Readonly<Record<string, unknown>>;
  switch (Object.keys(node).sort().join()) {
    case 'all':
      return Array.isArray(all) ? { word: 'all', children: all } : NONE;
    case 'any':
      return Array.isArray(any) ? { word: 'any', children: any } : NONE;
    case 'not':
      return { word: 'not', child: not };
    case 'fact,operator,value':
      return typeof fact === 'string' && typeof operator === 'string'
        ? { word: 'compare', comparison: { fact, operator, value } }
        : NONE;
    default:
      return NONE;
  }
}
