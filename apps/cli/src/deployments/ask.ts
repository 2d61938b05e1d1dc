import type { Call } from '../call.js';
import { plain } from '../output/plain.js';
import { AskedView } from './deployment-view.js';
import { follow, type Patience } from './follow.js';

/** Asks the hub for a deployment and follows it. What it says besides is told at once. */
export async function askFor(
  call: Call,
  path: string,
  body: { readonly service: string },
  patience: Patience,
): Promise<void> {
  // The hub would wait for the end itself, and say nothing meanwhile.
  const { body: asked } = await call.hub.send('POST', path, AskedView, { body, prefer: 'wait=0' });
  if (asked.warning !== undefined) call.warn(`warning: ${plain(asked.warning)}`);
  for (const line of [...tellUnproven(asked, body.service), ...tellHotfix(asked)]) call.warn(line);
  await follow(call, asked.deployment_id, patience);
}

function tellUnproven({ unproven_on: entities = [] }: AskedView, service: string): string[] {
  if (entities.length === 0) return [];
  const where = plain(entities.join(', '));
  const cure = `apolloctl history ${plain(service)} tells which did`;
  return [`warning: that version is not known to have done well at ${where}; ${cure}`];
}

function tellHotfix({ waives = [], break_glass: glass, ...asked }: AskedView): string[] {
  const { break_glass_waits: waits, not_waived: why, not_immediate: how } = asked;
  return [
    ...(waives.length === 0 ? [] : [`it goes past ${plain(waives.join(', '))}`]),
    ...[waits, why, how].flatMap((told) => (told === undefined ? [] : [plain(told)])),
    ...(glass === undefined
      ? []
      : [`somebody else has to review that: apolloctl break-glass review ${plain(glass)}`]),
  ];
}
