import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { err, ok, type Result } from '@apollo-deploy/kernel';

const Names = Type.Array(Type.String({ minLength: 1, maxLength: 253 }), { maxItems: 500 });
const Day = Type.Union([
  Type.Literal('sun'),
  Type.Literal('mon'),
  Type.Literal('tue'),
  Type.Literal('wed'),
  Type.Literal('thu'),
  Type.Literal('fri'),
  Type.Literal('sat'),
]);
const Hour = Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$' });

/** What the owner of a cluster allows there, whatever a hub has signed. What is left out is allowed. */
const ClusterPolicy = Type.Object(
  {
    /** Nothing begins while it is true. */
    freeze: Type.Optional(Type.Boolean()),
    /** Plans begin within one of these only; UTC, `to` not included. */
    windows: Type.Optional(
      Type.Array(
        Type.Object(
          { days: Type.Array(Day, { minItems: 1 }), from: Hour, to: Hour },
          { additionalProperties: false },
        ),
        { maxItems: 100 },
      ),
    ),
    namespaces: Type.Optional(Names),
    /** Such as `Deployment` or `apps/Deployment`. */
    kinds: Type.Optional(Names),
    clusterScoped: Type.Optional(Type.Literal('forbidden')),
    /** Hosts of container images, such as `registry.example.com`; `docker.io` where none is said. */
    registries: Type.Optional(Names),
    /** Of everything that a plan would write, as JSON, in bytes. */
    maxManifestBytes: Type.Optional(Type.Integer({ minimum: 1 })),
  },
  { additionalProperties: false },
);
export type ClusterPolicy = Static<typeof ClusterPolicy>;

const policyCheck = Compile(ClusterPolicy);

/** The policy in the text of a policy file (JSON), or what is wrong with it. */
export function parseClusterPolicy(text: string): Result<ClusterPolicy, string> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return err('it is not JSON');
  }
  if (policyCheck.Check(value)) return ok(value);
  const [first] = policyCheck.Errors(value);
  return err(
    first === undefined ? 'it is no policy' : `${first.instancePath || 'it'} ${first.message}`,
  );
}

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

/** Why nothing may begin just now; null if something may. */
export function heldBy({ freeze = false, windows }: ClusterPolicy, now: Date): string | null {
  if (freeze) {
    return 'the owner of this cluster has frozen it (policy rule freeze); it goes on when the freeze is taken out of the policy file';
  }
  if (windows === undefined || windows.some((window) => isOpen(window, now))) return null;
  return 'the owner of this cluster lets plans begin at other hours only (policy rule windows)';
}

function isOpen(
  { days, from, to }: NonNullable<ClusterPolicy['windows']>[number],
  now: Date,
): boolean {
  const day = DAYS[now.getUTCDay()];
  const hour = now.toISOString().slice(11, 16);
  return day !== undefined && days.includes(day) && from <= hour && hour < to;
}
