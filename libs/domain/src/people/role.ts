/** What people can be. A role in every environment, or granted in one; each says what one may do. */
export const ROLES = [
  'viewer',
  'developer',
  'operator',
  'sre',
  'product-owner',
  'vp-engineering',
  'admin',
] as const;
export type Role = (typeof ROLES)[number];

export function isRole(text: string): text is Role {
  return (ROLES as readonly string[]).includes(text);
}
