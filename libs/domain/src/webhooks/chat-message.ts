import type { Json } from '@apollo-deploy/kernel';
import { toldFacts, type ToldEvent } from './cloud-event.js';

/** What has happened, after the name of what it happened to. */
const SAYS: Readonly<Record<ToldEvent['event'], string>> = {
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

/** Facts that people read, in this order. */
const WHY = ['notes', 'message', 'reason', 'why'] as const;

/** An event as a message for an incoming webhook of Slack, or whatever reads the same form. */
export function chatMessage(told: ToldEvent): Readonly<Record<string, Json>> {
  const { subject, link } = told;
  const { environment, product, entity, name } = subject;
  const facts = toldFacts(told.data);
  const version = textOf(facts['version']);
  const what = product ?? entity ?? name;
  const [icon = '', ...says] = SAYS[told.event].split(' ');
  const named = `*${escaped(version === undefined ? what : `${what} ${version}`)}*`;
  const why = whyOf(facts);
  const by = textOf(facts['by']);
  const sentence = `${icon} ${named} in ${escaped(environment)}: ${says.join(' ')}`;
  const more = [
    ...(why === undefined ? [] : [escaped(why)]),
    ...(by === undefined ? [] : [`by ${escaped(by)}`]),
    linked(link, `${subject.kind} ${name}`),
  ];
  return { text: [sentence, ...more].join('\n') };
}

/** A link needs the whole address, which nobody may have said. */
function linked(link: string, text: string): string {
  return /^https?:/.test(link) ? `<${link}|${escaped(text)}>` : `${escaped(text)} (${link})`;
}

function whyOf(facts: Readonly<Record<string, Json>>): string | undefined {
  const { alarm } = facts;
  if (typeof alarm === 'object' && alarm !== null && !Array.isArray(alarm)) {
    return textOf((alarm as Readonly<Record<string, Json>>)['message']);
  }
  return WHY.map((name) => textOf(facts[name])).find((text) => text !== undefined);
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/** Nothing that somebody wrote makes a link or calls anybody in the chat. */
function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[\r\n]+/g, ' ');
}
