/** What runtimes say of a registry that could not be asked, unlike one that has answered no. */
const OUTAGES = [
  /no such host|server misbehaving|no route to host|network is unreachable/i,
  /\btimed? ?out\b|deadline exceeded|connection (refused|reset)|\bEOF\b/i,
  /too ?many ?requests/i,
  /\b(429|50[0-4]) [A-Z]|\bstatus( code)?:? (429|50[0-4])\b/,
];

/**
 * True if `message` says that the registry of `image` could not be asked, so that the pull may yet
 * succeed. What the image and its registry are called says nothing: both names are left out first.
 */
export function isRegistryAway(message: string, image: string | undefined): boolean {
  const unquoted = message.replaceAll(/"[^"]*"/g, ' ').replaceAll(/https?:\/\/[^\s"]*/g, ' ');
  const said = image === undefined ? unquoted : unquoted.replaceAll(image, ' ');
  return OUTAGES.some((outage) => outage.test(said));
}
