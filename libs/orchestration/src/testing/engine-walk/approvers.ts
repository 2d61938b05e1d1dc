/** People who may agree to plans in production, as long as nobody takes their role. */
export const APPROVERS = ['sre-1', 'sre-2'] as const;
