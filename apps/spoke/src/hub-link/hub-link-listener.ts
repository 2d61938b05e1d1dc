import type { HubFrame, HubPayload } from '@apollo-deploy/protocol';

/** A message of the hub for the rest of the spoke; the link deals with the others itself. */
export type HubOrder = Extract<
  HubFrame,
  { t: 'plan.offer' | 'plan.cancel' | 'state.request' | 'credential.keys' | 'audit.head' }
>;

/** What the rest of the spoke is told of its sessions, and asked for in them. */
export interface HubLinkListener {
  /**
   * A session has begun: its epoch and who the hub takes this spoke for. `aheadMs`: how far this
   * spoke's clock is ahead of the hub's.
   */
  onWelcome(welcome: HubPayload<'welcome'>, aheadMs: number): void;
  /** `acknowledge` tells the hub to forget the message: to be called once it is dealt with for good. */
  onOrder(order: HubOrder, acknowledge: () => void): void;
}
