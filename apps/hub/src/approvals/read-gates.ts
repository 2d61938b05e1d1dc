import {
  type ApprovalFacts,
  type ApprovalFields,
  type ApprovalRule,
  type ApprovalSubject,
  type Authors,
  type FieldRefusal,
  parseApprovalRule,
  parseApprovalSubject,
  parseImaginedApproval,
  parsePerson,
  parseRuleDemand,
  type Person,
} from '@apollo-deploy/domain';
import type { Result } from '@apollo-deploy/kernel';
import type { Words } from '@apollo-deploy/orchestration';
import { Refused } from '../http/refused.js';
import type { GatesRequest } from './gate-requests.js';

/** Stands for the content of which nothing but its approvals is asked. */
const DIGEST = 'asked-about';
const DEED = 'is the author';
/** No gate asks for more people. */
const MOST_APPROVERS = 20;

/** The gates of a request as rules about any plan; those without a name are called by their place. */
export function readGates(gates: readonly ApprovalFields[]): readonly ApprovalRule[] {
  const demands = readAll('gates', gates, parseRuleDemand);
  const rules = demands.map((demand, index) => {
    const name = gates[index]?.['name'];
    return { ...demand, name: typeof name === 'string' ? name : `gates[${index}]` };
  });
  return rules.sort((a, b) => a.level - b.level);
}

/** The rules of a request; no two have the same name. */
export function readRules(rules: readonly ApprovalFields[]): readonly ApprovalRule[] {
  const read = readAll('rules', rules, parseApprovalRule);
  const names = read.map(({ name }) => name);
  const twice = names.findIndex((name, index) => names.indexOf(name) < index);
  if (twice === -1) return read;
  const field = `rules[${twice}].name`;
  throw new Refused('http/invalid_request', {
    detail: `${field}: another rule has this name; give each its own`,
    field,
  });
}

export function readSubject(plan: ApprovalFields): ApprovalSubject {
  return readOne('plan', plan, parseApprovalSubject);
}

/** What is asked about. */
interface Asked {
  readonly rules: readonly ApprovalRule[];
  readonly plan: ApprovalSubject;
  readonly authors: Authors;
  readonly now: Date;
  readonly words: Words | undefined;
}

/** Who has agreed and who could, at an instant. */
export function readFacts(
  { approvals = [], people, author }: GatesRequest,
  { rules, plan, authors, now, words }: Asked,
): ApprovalFacts {
  const imagined = readAll('approvals', approvals, parseImaginedApproval);
  const others = people === undefined ? [] : readAll('people', people, parsePerson);
  const unnamed = people === undefined ? (words?.people ?? enoughFor(rules)) : [];
  const byName = new Map(
    [...unnamed, ...imagined, ...others].map(({ name, roles }) => [name, roles]),
  );
  return {
    now,
    plan,
    digest: DIGEST,
    approvals: [
      ...(words?.approvals ?? []).map((one) => ({ ...one, digest: DIGEST })),
      ...imagined.map(({ name, roles, at = now.toISOString() }) => ({
        ...{ by: name, roles, at },
        digest: DIGEST,
      })),
    ],
    people: [...byName].map(([name, roles]) => ({ name, roles })),
    authors: new Map([...authors, ...(author === undefined ? [] : [[author, DEED] as const])]),
    delegations: words?.delegations ?? [],
  };
}

/** So many people with every role that no gate lacks any. */
function enoughFor(rules: readonly ApprovalRule[]): readonly Person[] {
  const roles = rules.flatMap(({ requiredRoles, escalation }) => [
    ...requiredRoles,
    ...(escalation?.roles ?? []),
  ]);
  return Array.from({ length: MOST_APPROVERS }, (_, index) => ({ name: `#${index}`, roles }));
}

function readAll<T>(
  list: string,
  all: readonly ApprovalFields[],
  parse: (fields: ApprovalFields) => Result<T, FieldRefusal>,
): readonly T[] {
  return all.map((fields, index) => readOne(`${list}[${index}]`, fields, parse));
}

/** Ends the request at what is not acceptable, and names its place. */
function readOne<T>(
  place: string,
  fields: ApprovalFields,
  parse: (fields: ApprovalFields) => Result<T, FieldRefusal>,
): T {
  const parsed = parse(fields);
  if (parsed.ok) return parsed.value;
  const { field, detail } = parsed.error;
  throw new Refused('http/invalid_request', {
    detail: `${place}: ${detail}`,
    field: `${place}.${field}`,
  });
}
