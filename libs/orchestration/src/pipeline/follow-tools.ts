/** What deployments are followed with. */
export interface FollowTools {
  /** Over how long it is looked how a wave does, in milliseconds. */
  readonly settlingMs: number;
}
