import type { Context } from '../context.js';

/** Notes when spokes were last heard, all in one statement; nothing else follows from it. */
export async function recordHeartbeats(
  context: Context,
  heard: ReadonlyMap<string, string>,
): Promise<void> {
  if (heard.size === 0) return;
  await context.store.transact((unit) => unit.spokes.seen(heard));
}
