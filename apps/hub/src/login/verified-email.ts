/**
 * The e-mail address in claims by which a person is known here, in small letters; `undefined` for one
 * that whoever signed the claims does not say to have verified: anybody could have written it.
 */
export function verifiedEmail(claims: Readonly<Record<string, unknown>>): string | undefined {
  const { email, email_verified: isVerified } = claims;
  return typeof email === 'string' && isVerified === true ? email.toLowerCase() : undefined;
}
