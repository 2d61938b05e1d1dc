/** How deployments are followed, for those that ask for and show them. */
export const FOLLOW_TOOLS = Symbol('FollowTools');
