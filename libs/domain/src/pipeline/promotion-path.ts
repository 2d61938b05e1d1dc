import { err, ok, type Result } from '@apollo-deploy/kernel';
import type { Environment, Tier } from '../catalog/environment.js';
import { refusal, type Refusal } from '../errors.js';

/** From environments of which tier what runs there may be promoted to those of which. */
export interface PromotionPath {
  readonly from: Tier;
  readonly to: Tier;
}

/** All there are; a hub may be set to fewer, never to others. */
export const PROMOTION_PATHS: readonly PromotionPath[] = [
  { from: 'development', to: 'staging' },
  { from: 'development', to: 'production' },
  { from: 'staging', to: 'production' },
];

/** The names that the pipeline has for tiers. */
const TIER_NAMES: Readonly<Record<Tier, string>> = {
  development: 'dev',
  staging: 'staging',
  production: 'prod',
};

/** For people and settings: `dev` and `prod`, joined by what stands between them. */
export function tellPath({ from, to }: PromotionPath, between = ' → '): string {
  return `${TIER_NAMES[from]}${between}${TIER_NAMES[to]}`;
}

type End = Pick<Environment, 'name' | 'tier'>;

/** Refused with `promotion/invalid_path` is what no path of these leads along, by the tiers of both ends. */
export function checkPromotionPath(
  paths: readonly PromotionPath[],
  from: End,
  to: End,
): Result<void, Refusal> {
  if (paths.some((path) => path.from === from.tier && path.to === to.tier)) return ok(undefined);
  const detail = `Invalid promotion path: ${from.name} → ${to.name}`;
  const accepted = paths.map((path) => tellPath(path));
  return err(refusal('promotion/invalid_path', detail, { field: 'to_env', data: { accepted } }));
}
