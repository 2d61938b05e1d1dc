/**
 * The member of a line that says why its reach was not met; none where it was.
 * @param {readonly (readonly [boolean, string])[]} reasons Each with whether it is one.
 * @returns {{ why?: readonly string[] }}
 */
export function whyNot(reasons) {
  const why = reasons.filter(([holds]) => holds).map(([, reason]) => reason);
  return why.length === 0 ? {} : { why };
}
