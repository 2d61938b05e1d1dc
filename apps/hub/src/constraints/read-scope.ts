import { CRITICALITIES, PLAN_TYPES, type Scope, TIERS } from '@apollo-deploy/domain';
import { shorten } from '@apollo-deploy/kernel';
import { ACCEPTED_LABELS, Field, isLabels, isPlainObject } from '../http/field.js';
import { Refused } from '../http/refused.js';

const MAX_LISTED = 200;
const MAX_NAME_LENGTH = 256;

interface MemberRule {
  /** Ends the sentence "accepted is …". */
  readonly accepted: string;
  readonly schema: object;
  check(value: unknown): boolean;
}

const NAMES: MemberRule = {
  accepted: `a list of 1 to ${MAX_LISTED} names`,
  schema: { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: MAX_LISTED },
  check: (value) => isListOf(value, (name) => name.length <= MAX_NAME_LENGTH && name !== ''),
};

/** What a scope may say. A member without a row does not compile. */
const MEMBERS = {
  environments: NAMES,
  tiers: choicesOf(TIERS),
  products: NAMES,
  entities: NAMES,
  planTypes: choicesOf(PLAN_TYPES),
  criticalities: choicesOf(CRITICALITIES),
  labels: {
    accepted: ACCEPTED_LABELS,
    schema: { type: 'object', additionalProperties: { type: 'string' } },
    check: isLabels,
  },
} as const satisfies Record<keyof Scope, MemberRule>;

/** A scope as it was sent: only that it is an object has been looked at. */
export type ScopeFields = Readonly<Record<string, unknown>>;

/** Which plans a constraint is about. `readScope` looks into it. */
export function ScopeField(): PropertyDecorator {
  return Field(
    {
      accepted: `an object with any of ${Object.keys(MEMBERS).join(', ')}`,
      schema: {
        type: 'object',
        properties: Object.fromEntries(
          Object.entries(MEMBERS).map(([member, { schema }]) => [member, schema]),
        ),
        additionalProperties: false,
      },
      check: isPlainObject,
    },
    { optional: true, description: 'Which plans it is about; an absent member means all.' },
  );
}

/** The scope of a request; ends the request, naming the member, if it is not acceptable. */
export function readScope(given: ScopeFields = {}): Scope {
  for (const [member, value] of Object.entries(given)) {
    const field = `scope.${member.slice(0, MAX_NAME_LENGTH)}`;
    if (!isMember(member)) {
      const accepted = Object.keys(MEMBERS).join(', ');
      throw refused(field, `${field} is not part of a scope; accepted are ${accepted}`);
    }
    const rule: MemberRule = MEMBERS[member];
    if (rule.check(value)) continue;
    throw refused(
      field,
      `${field} is ${shorten(JSON.stringify(value))}; accepted is ${rule.accepted}`,
    );
  }
  return given;
}

function isMember(member: string): member is keyof typeof MEMBERS {
  return Object.hasOwn(MEMBERS, member);
}

function choicesOf(choices: readonly string[]): MemberRule {
  return {
    accepted: `a list of any of ${choices.join(', ')}, not empty`,
    schema: { type: 'array', items: { type: 'string', enum: [...choices] }, minItems: 1 },
    check: (value) => isListOf(value, (choice) => choices.includes(choice)),
  };
}

function isListOf(value: unknown, isAccepted: (text: string) => boolean): boolean {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.length <= MAX_LISTED &&
    value.every((text) => typeof text === 'string' && isAccepted(text))
  );
}

function refused(field: string, detail: string): Refused {
  return new Refused('http/invalid_request', { detail, field });
}
