import type { Json } from '@apollo-deploy/kernel';
import { asksPeople, chatSentence, textOf } from './chat-sentence.js';
import { toldFacts, type ToldEvent } from './cloud-event.js';

type Facts = Readonly<Record<string, Json>>;

/** Facts that people read, in this order. */
const WHY = ['notes', 'message', 'reason', 'why'] as const;

/** An event as a message for an incoming webhook of Slack, or whatever reads the same form. */
export function chatMessage(told: ToldEvent): Readonly<Record<string, Json>> {
  const { event, subject, link } = told;
  const { environment, name, kind } = subject;
  const facts = toldFacts(told.data);
  const { icon, named, says } = chatSentence(told, facts);
  const place = event === 'webhook.tested' ? '' : ` in ${escaped(environment)}`;
  const why = whyOf(facts);
  const by = byOf(event, facts);
  const more = [
    ...(why === undefined ? [] : [escaped(why)]),
    ...(by === undefined ? [] : [escaped(by)]),
    ...(asksPeople(event) ? [`\`apolloctl approve ${escaped(name)}\``] : []),
    linked(link, `${kind} ${name}`),
  ];
  return { text: [`${icon} *${escaped(named)}*${place}: ${escaped(says)}`, ...more].join('\n') };
}

/** Where people are asked, the engine asks them; who wants it is somebody else. */
function byOf(event: ToldEvent['event'], facts: Facts): string | undefined {
  if (!asksPeople(event)) {
    const by = textOf(facts['by']);
    return by && `by ${by}`;
  }
  const requestedBy = textOf(facts['requestedBy']);
  return requestedBy && `${textOf(facts['kind']) ?? 'deployment'} asked for by ${requestedBy}`;
}

/** A link needs the whole address, which nobody may have said. */
function linked(link: string, text: string): string {
  return /^https?:/.test(link) ? `<${link}|${escaped(text)}>` : `${escaped(text)} (${link})`;
}

function whyOf(facts: Facts): string | undefined {
  const { alarm } = facts;
  if (typeof alarm === 'object' && alarm !== null && !Array.isArray(alarm)) {
    return textOf((alarm as Facts)['message']);
  }
  return WHY.map((name) => textOf(facts[name])).find((text) => text !== undefined);
}

/** Nothing that somebody wrote makes a link or calls anybody in the chat. */
function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[\r\n]+/g, ' ');
}
