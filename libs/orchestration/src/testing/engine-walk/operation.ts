import type { Random } from './random.js';
import type { WalkWorld } from './walk-world.js';

/** Something that people, spokes or time do. */
export interface Operation {
  readonly name: string;
  /** How often it comes, against the others. */
  readonly weight: number;
  /** Says what was done; `undefined` if there was nothing to do it to. */
  readonly run: (world: WalkWorld, random: Random) => Promise<string | undefined>;
}

/** One of them, by their weights. */
export function pickOperation(operations: readonly Operation[], random: Random): Operation {
  return random.pick(operations.flatMap((one) => Array.from({ length: one.weight }, () => one)));
}
