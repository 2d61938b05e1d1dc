/**
 * What Helm says went wrong: its last `Error:` block, which can span lines, without the log lines
 * around it. Empty when Helm said nothing.
 */
export function helmErrorText(stderr: string): string {
  const start = stderr.lastIndexOf('Error:');
  if (start === -1) return '';
  return stderr
    .slice(start + 'Error:'.length)
    .split('\n')
    .filter((line) => !/^(level|time)=/.test(line))
    .join('\n')
    .trim();
}

/** True if Helm never reached the cluster. */
export function saysUnreachable(stderr: string): boolean {
  return /kubernetes cluster unreachable/i.test(helmErrorText(stderr));
}

/** True if Helm said no because of how it found the release; it has written nothing then. */
export function saysTaken(stderr: string): boolean {
  return /already exists|cannot re-?use a name|another operation|has no deployed releases/.test(
    helmErrorText(stderr),
  );
}
