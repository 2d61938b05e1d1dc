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

/** What a spoke has to be able to do to take over a release that Apollo did not make. */
const ADOPT = 'adopt';
/** What it has to be able to do to leave fields that others have set to them. */
const REFUSE_CONFLICTS = 'refuse_conflicts';

/** A spoke that cannot carry out plans of a type: its agent is of a version before them. */
export function missingForType(spoke: AbleSpoke, type: string): readonly KnownViolation[] {
  return missingInAgent(spoke, type, `carries out no ${type} plans`);
}

/** As `missingForType`, for plans that adopt a release. */
export function missingForAdoption(spoke: AbleSpoke): readonly KnownViolation[] {
  return missingInAgent(spoke, ADOPT, 'adopts no releases');
}

/** As `missingForType`, for plans that take no field back from others: it would take them all back. */
export function missingForRefusal(spoke: AbleSpoke): readonly KnownViolation[] {
  return missingInAgent(spoke, REFUSE_CONFLICTS, 'takes back whatever fields others have set');
}

function missingInAgent(
  { name, capabilities }: AbleSpoke,
  capability: string,
  lack: string,
): readonly KnownViolation[] {
  if (capabilities === undefined || capabilities.includes(capability)) return [];
  return [
    {
      code: 'spoke_ready',
      message: `the agent of spoke ${name} ${lack}; install a newer one in its cluster`,
      data: { spoke: name, missing: [capability], capabilities },
    },
  ];
}
