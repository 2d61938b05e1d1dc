import type { SpokeHello, SpokeSight } from '../ports/records.js';

/** True where what the spoke says of releases in a namespace, or does not say, is what is there. */
export function sees(hello: SpokeHello | undefined, namespace: string): boolean {
  return hello?.sight?.seen.includes(namespace) ?? true;
}

/** What a spoke said of itself, with what it sees now; absent = all. */
export function withSight({ sight: _, ...hello }: SpokeHello, now?: SpokeSight): SpokeHello {
  return now === undefined ? hello : { ...hello, sight: now };
}

export function isSameSight(one?: SpokeSight, other?: SpokeSight): boolean {
  const text = (sight?: SpokeSight): string => JSON.stringify([sight?.seen, sight?.unseen]);
  return text(one) === text(other);
}
