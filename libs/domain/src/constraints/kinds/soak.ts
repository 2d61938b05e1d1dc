import { err, ok } from '@apollo-deploy/kernel';
import { Type } from 'typebox';
import { isLowerTier } from '../../catalog/environment.js';
import type { ConstraintResult } from '../constraint.js';
import type { ConstraintKind } from '../constraint-kind.js';
import type { CandidateFacts, SourceRun } from '../promotion-facts.js';
import type { KnownViolation } from '../violation-codes.js';

const MINUTE_MS = 60_000;
const MINUTES_MAX = 366 * 24 * 60;

interface SoakSpec {
  readonly minutes: number;
  readonly from: string | undefined;
}

/** A release has to run well elsewhere for some time. */
export const soak: ConstraintKind = {
  description:
    'Plans start only once one entity of the source has run this chart Healthy for so long. The time pauses while it is not Healthy, or its spoke is silent.',
  strictest: 'soak',
  schema: Type.Object(
    {
      minutes: Type.Integer({ minimum: 1, maximum: MINUTES_MAX }),
      from: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: 63,
          description: 'The source, an environment; any of a lower tier if absent.',
        }),
      ),
    },
    { additionalProperties: false },
  ),
  environments: ({ from }) => (typeof from === 'string' ? { from } : {}),
  compile({ minutes, from }, name) {
    if (!isMinutes(minutes)) {
      const detail = `accepted are 1 to ${String(MINUTES_MAX)} whole minutes (366 days)`;
      return err({ field: 'minutes', detail });
    }
    if (from !== undefined && typeof from !== 'string') {
      return err({ field: 'from', detail: 'accepted is the name of an environment' });
    }
    const spec = { minutes, from };
    return ok({
      constraint: {
        kind: 'soak',
        row: 'soak',
        evaluate({ now, promotion }): ConstraintResult {
          const violations =
            promotion === null ? [] : soakViolations(spec, name, { now, promotion });
          const [recheckAt] = violations.flatMap((violation) => violation.recheckAt ?? []);
          return {
            satisfied: violations.length === 0,
            violations,
            metadata: {},
            ...(recheckAt !== undefined && { recheckAt }),
          };
        },
        objects: (candidate) => soakViolations(spec, name, candidate),
      },
    });
  },
};

function soakViolations(
  { minutes, from }: SoakSpec,
  name: string,
  { now, promotion }: Pick<CandidateFacts, 'now' | 'promotion'>,
): readonly KnownViolation[] {
  const { product, version, tier, asOf } = promotion;
  const passed = now.getTime() - asOf.getTime();
  const timeOf = (run: SourceRun): number => run.healthyMs + (run.underway ? passed : 0);
  const sources = promotion.runs.filter((run) =>
    from === undefined ? isLowerTier(run.tier, tier) : run.environment === from,
  );
  const longest = Math.max(0, ...sources.map(timeOf));
  const neededMs = minutes * MINUTE_MS;
  if (longest >= neededMs) return [];
  const leader = Math.max(0, ...sources.filter(({ underway }) => underway).map(timeOf));
  const goesOn = sources.some(({ underway }) => underway);
  const soFar = Math.floor(longest / MINUTE_MS);
  const where = from ?? 'a lower tier';
  const pause = goesOn ? '' : '; it does not run Healthy there now, so the time stands still';
  return [
    {
      code: 'soak',
      message: `${name}: ${product} ${version} has to run Healthy in ${where} for ${String(minutes)} minutes first, and has for ${String(soFar)}${pause}`,
      data: { rule: name, version, from: from ?? null, minutes, healthyMinutes: soFar },
      ...(goesOn && { recheckAt: new Date(now.getTime() + neededMs - leader).toISOString() }),
    },
  ];
}

function isMinutes(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MINUTES_MAX;
}
