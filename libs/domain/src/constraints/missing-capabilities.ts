import type { KnownViolation } from './violation-codes.js';

/** A spoke and what it says that it can do; `capabilities` absent = it never said. */
export interface AbleSpoke {
  readonly name: string;
  readonly capabilities?: readonly string[];
}

/**
 * What a spoke lacks of what a release needs: one violation that names all of it, or none. A spoke that
 * never said what it can do is not known to lack anything. `release`: how people call it.
 */
export function missingForRelease(
  { name, capabilities }: AbleSpoke,
  needed: readonly string[],
  release: string,
): readonly KnownViolation[] {
  if (needed.length === 0 || capabilities === undefined) return [];
  const missing = needed.filter((one) => !capabilities.includes(one));
  if (missing.length === 0) return [];
  return [
    {
      code: 'spoke_ready',
      message: `spoke ${name} does not have ${missing.join(', ')}, which ${release} requires; give it what has that, or desire a release that does not require it`,
      data: { spoke: name, missing, capabilities },
    },
  ];
}

/** A spoke that cannot carry out plans of a type: its agent is of a version before them. */
export function missingForType(
  { name, capabilities }: AbleSpoke,
  type: string,
): readonly KnownViolation[] {
  if (capabilities === undefined || capabilities.includes(type)) return [];
  return [
    {
      code: 'spoke_ready',
      message: `the agent of spoke ${name} carries out no ${type} plans; install a newer one in its cluster`,
      data: { spoke: name, missing: [type], capabilities },
    },
  ];
}
