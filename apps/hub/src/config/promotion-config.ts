import { PROMOTION_PATHS, type PromotionPath, tellPath } from '@apollo-deploy/domain';
import { Type } from 'typebox';
import type { Given, Settings } from './setting.js';

/** How services are promoted. */
export interface PromotionConfig {
  /** Along which paths they are promoted. */
  readonly promotionPaths: readonly PromotionPath[];
}

const SPELLED = PROMOTION_PATHS.map((path) => tellPath(path, ':'));

export const PROMOTION_SETTINGS = {
  APOLLO_PROMOTION_PATHS: {
    schema: Type.Refine(Type.String({ maxLength: 256 }), (text) =>
      pathsIn(text).every((path) => SPELLED.includes(path)),
    ),
    accepted: `one or more of ${SPELLED.join(', ')}, separated by commas`,
    initial: SPELLED.join(','),
  },
} as const satisfies Settings;

export function promotionConfigOf(given: Given<keyof typeof PROMOTION_SETTINGS>): PromotionConfig {
  const named = pathsIn(given.get('APOLLO_PROMOTION_PATHS') ?? '');
  return {
    promotionPaths: PROMOTION_PATHS.filter((path) => named.includes(tellPath(path, ':'))),
  };
}

function pathsIn(text: string): readonly string[] {
  return text.split(',').map((path) => path.trim());
}
