import type { Json } from '@apollo-deploy/kernel';
import { cutText } from './cut-text.js';
import type { WebhookEvent } from './webhook.js';

/** Something that happened, as those outside are told of it. */
export interface ToldEvent {
  /** `webhook.tested`: nothing has happened; somebody wants to see that they are told. */
  readonly event: WebhookEvent | 'webhook.tested';
  /** Unique; the same for everybody who is told. */
  readonly id: string;
  /** RFC 3339. */
  readonly at: string;
  readonly subject: {
    readonly kind: string;
    readonly name: string;
    readonly environment: string;
    readonly entity?: string;
    readonly product?: string;
  };
  readonly data: Readonly<Record<string, Json>>;
  /** Which hub says so: a URI. */
  readonly source: string;
  /** Where to read more. */
  readonly link: string;
}

const CDEVENTS = '0.4.1';
const SERVICE_TYPES = '0.2.0';
const OUR_TYPES = '0.1.0';
/** A sentence is cut to so many characters: whoever wants all of it follows the link. */
const TEXT_MAX = 500;
const ITEM_MAX = 100;
/** So many members of a list, or of an object, are told. */
const MEMBERS_MAX = 20;
/** What all facts together have at most, in characters of JSON. */
const FACTS_MAX = 5_000;

/** What is told of the data of an event. Whatever is not here stays in the hub. */
const TOLD = [
  ...['kind', 'strategy', 'status', 'version', 'fromVersion', 'notes', 'durationSeconds', 'type'],
  ...['state', 'outcome', 'message', 'violations', 'rule', 'roles', 'missing', 'missingApprovers'],
  ...['until', 'reason', 'why', 'cause', 'waives', 'dueAt', 'uses', 'verdict', 'alarm'],
  ...['lostLedgers', 'by', 'rollbackVersion', 'supersededBy', 'people', 'requestedBy'],
];

/** The facts of an event that leave the hub; together they have at most 5,000 characters. */
export function toldFacts(data: ToldEvent['data']): Readonly<Record<string, Json>> {
  const facts: Record<string, Json> = {};
  let length = 0;
  for (const name of TOLD) {
    const fact = data[name];
    if (fact === undefined) continue;
    const value = bounded(fact);
    length += name.length + JSON.stringify(value).length;
    if (length > FACTS_MAX) break;
    facts[name] = value;
  }
  return facts;
}

/** What a fact is cut to. Of what is in a list, or in an object, only texts and numbers are told. */
function bounded(value: Json): Json {
  if (typeof value === 'string') return cutText(value, TEXT_MAX);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items: readonly Json[] = value;
    return items.slice(0, MEMBERS_MAX).flatMap((item) => plain(item, ITEM_MAX));
  }
  const members = Object.entries(value).slice(0, MEMBERS_MAX);
  return Object.fromEntries(
    members.flatMap(([name, member]) =>
      plain(member, TEXT_MAX).map((told) => [name, told] as const),
    ),
  );
}

function plain(value: Json | undefined, lengthMax: number): readonly (string | number)[] {
  if (typeof value === 'string') return [cutText(value, lengthMax)];
  return typeof value === 'number' ? [value] : [];
}

/**
 * An event as CloudEvents 1.0 in structured JSON, whose data is a CDEvent: of the vocabulary's own types
 * where a service has changed, and of ours (`dev.cdeventsx.apollo-…`) where that has no word.
 */
export function cloudEvent(told: ToldEvent): Readonly<Record<string, Json>> {
  const { id, at, source, link, subject, data } = told;
  const { type, about } = cdEventOf(told);
  const { environment, entity, product } = subject;
  return {
    specversion: '1.0',
    ...{ id, source, type, subject: about.id, time: at, datacontenttype: 'application/json' },
    data: {
      context: { version: CDEVENTS, id, source, type, timestamp: at },
      subject: { ...about, source },
      customData: {
        ...{ event: told.event, link, environment },
        subject: { kind: subject.kind, name: subject.name },
        ...(entity !== undefined && { entity }),
        ...(product !== undefined && { product }),
        facts: toldFacts(data),
      },
      customDataContentType: 'application/json',
    },
  };
}

interface CdEvent {
  readonly type: string;
  readonly about: {
    readonly id: string;
    readonly type: string;
    readonly content: Readonly<Record<string, Json>>;
  };
}

function cdEventOf(told: ToldEvent): CdEvent {
  const change = serviceChangeOf(told);
  const { environment, product = '' } = told.subject;
  if (change !== undefined) {
    const artifactId = `pkg:helm/${encodeURIComponent(product)}@${encodeURIComponent(change.version)}`;
    return {
      type: `dev.cdevents.service.${change.predicate}.${SERVICE_TYPES}`,
      about: {
        ...{ id: `${environment}/${product}`, type: 'service' },
        content: { environment: { id: environment }, artifactId },
      },
    };
  }
  const [subject = '', predicate = ''] = told.event.split('.').map(oneWord);
  return {
    type: `dev.cdeventsx.apollo-${subject}.${predicate}.${OUR_TYPES}`,
    about: {
      ...{ id: told.subject.name, type: `apollo-${subject}` },
      content: { environment: { id: environment } },
    },
  };
}

/** Types of events take letters only. */
function oneWord(name: string): string {
  return name.replaceAll('_', '');
}

/** How an event has changed what runs of a service, and to which version; `undefined` = it has not. */
function serviceChangeOf({
  event,
  data,
}: ToldEvent): { readonly predicate: string; readonly version: string } | undefined {
  const { kind, version, fromVersion, rollbackVersion } = data;
  const isRollback = kind === 'rollback';
  if (event === 'deployment.completed' && typeof version === 'string') {
    if (isRollback) return { predicate: 'rolledback', version };
    const isNew = typeof fromVersion !== 'string' || fromVersion === version;
    return { predicate: isNew ? 'deployed' : 'upgraded', version };
  }
  // A rollback that is taken back itself has failed; what was new is gone, and was no service before.
  if (event !== 'deployment.rolled_back' || isRollback) return undefined;
  return typeof rollbackVersion === 'string'
    ? { predicate: 'rolledback', version: rollbackVersion }
    : undefined;
}
