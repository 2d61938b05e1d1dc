import type { Json } from '@apollo-deploy/kernel';
import type { ToldEvent } from './cloud-event.js';

type Facts = Readonly<Record<string, Json>>;
type Said = Readonly<Record<ToldEvent['event'], string>>;

/** What has happened, after the name of what it happened to. */
const SAYS: Said = {
  'deployment.deploying': '🚀 is being deployed',
  'deployment.completed': '✅ is deployed',
  'deployment.failed': '❌ could not be deployed',
  'deployment.rolled_back': '↩️ was rolled back',
  'plan.approval_requested': '✋ waits for approval',
  'plan.approval_escalated': '⏰ still waits for approval',
  'plan.failed': '❌ has a plan that failed',
  'plan.unknown': '❓ has a plan of which nobody knows how it ended',
  'hold.placed': '⏸️ is held',
  'hold.ended': '▶️ is held no longer',
  'break_glass.opened': '🚨 break-glass was opened',
  'break_glass.used': '🚨 a plan went by break-glass',
  'break_glass.ended': '🚨 break-glass has ended',
  'break_glass.reviewed': '🔎 break-glass was reviewed',
  'break_glass.unused': '🔎 break-glass was not used, and owes no review',
  'break_glass.overdue': '⏰ break-glass is overdue for review',
  'spoke.alarm': '🚨 raised an alarm',
  'spoke.ledger_lost': '🚨 lost a ledger',
  'webhook.tested': '👋 reaches you; nothing has happened',
};

/** Deployments of which something else is said. */
const SAYS_OF_KIND: Readonly<Record<string, Partial<Said>>> = {
  rollback: {
    'deployment.deploying': '↩️ is being rolled back',
    'deployment.completed': '↩️ is rolled back',
    'deployment.failed': '❌ could not be rolled back',
    'deployment.rolled_back': '❌ could not be rolled back',
  },
  hotfix: {
    'deployment.deploying': '🚑 is being deployed as a hotfix',
    'deployment.completed': '✅ is deployed as a hotfix',
    'deployment.failed': '❌ could not be deployed as a hotfix',
    'deployment.rolled_back': '↩️ was deployed as a hotfix, and rolled back',
  },
};

/** What a message in a chat says first, in its parts; nothing in them is escaped. */
export interface ChatSentence {
  readonly icon: string;
  /** With the version, where one is brought. */
  readonly named: string;
  readonly says: string;
}

/** Says what happened, by these facts of the event. */
export function chatSentence({ event, subject }: ToldEvent, facts: Facts): ChatSentence {
  const { product, entity, name } = subject;
  const version = textOf(facts['version']);
  const kind = event.startsWith('deployment.') ? textOf(facts['kind']) : undefined;
  const what = product ?? entity ?? name;
  const named = version === undefined || kind === 'rollback' ? what : `${what} ${version}`;
  const supersededBy = textOf(facts['supersededBy']);
  if (supersededBy !== undefined) {
    return { icon: '⏭️', named, says: `gave way: deployment ${supersededBy} took its place` };
  }
  const said = SAYS_OF_KIND[kind ?? '']?.[event] ?? SAYS[event];
  const [icon = '', ...says] = said.split(' ');
  return { icon, named, says: [...says, ...moreOf(event, kind, facts)].join(' ') };
}

/** From where to where, or by whom and by which rule. */
function moreOf(
  event: ToldEvent['event'],
  kind: string | undefined,
  facts: Facts,
): readonly string[] {
  if (asksPeople(event)) return [...byWhom(facts), ...byRule(facts)];
  if (kind === 'rollback') return versions(facts['fromVersion'], facts['version']);
  if (event !== 'deployment.rolled_back') return [];
  return versions(undefined, facts['rollbackVersion']);
}

/** People are to answer. */
export function asksPeople(event: ToldEvent['event']): boolean {
  return event === 'plan.approval_requested' || event === 'plan.approval_escalated';
}

function byWhom({ roles, people }: Facts): readonly string[] {
  const named: readonly Json[] = Array.isArray(roles) ? (roles as readonly Json[]) : [];
  const others = typeof people === 'number' ? people - named.length : 0;
  const whom = [
    ...named.flatMap((role) => textOf(role) ?? []),
    ...(others > 0 ? [`${String(others)} more of any role`] : []),
  ];
  return whom.length === 0 ? [] : ['by', whom.join(', ')];
}

function byRule({ rule }: Facts): readonly string[] {
  const name = textOf(rule);
  return name === undefined ? [] : [`(rule ${name})`];
}

function versions(from: Json | undefined, to: Json | undefined): readonly string[] {
  const [before, after] = [textOf(from), textOf(to)];
  return [
    ...(before === undefined ? [] : ['from', before]),
    ...(after === undefined ? [] : ['to', after]),
  ];
}

/** A fact that says something; `undefined` = it does not. */
export function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}
