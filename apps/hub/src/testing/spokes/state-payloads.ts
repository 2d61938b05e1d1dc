import type { SpokePayload } from '@apollo-deploy/protocol';
import { aReport } from './spoke-scene.js';

/** Everything a spoke has: healthy releases of these names, in one part. */
export function aFullState(
  generation: number,
  ...names: readonly string[]
): SpokePayload<'state.full'> {
  return { generation, part: 1, parts: 1, releases: names.map((name) => aReport(name)) };
}

/** What has changed since the generation before: releases of these names. */
export function aStateDelta(
  generation: number,
  ...names: readonly string[]
): SpokePayload<'state.delta'> {
  return { generation, changed: names.map((name) => aReport(name)), removed: [] };
}
