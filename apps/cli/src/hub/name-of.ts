import { Type } from 'typebox';
import { plain } from '../output/plain.js';
import type { HubClient } from './hub-client.js';
import { route } from './route.js';

const Me = Type.Object({ name: Type.String() });

/** Whom the hub takes the sender of these requests for. */
export async function nameOf(hub: HubClient): Promise<string> {
  const { body } = await hub.get(route`me`, Me);
  return plain(body.name);
}
