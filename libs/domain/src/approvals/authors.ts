/** Where a plan that the engine made comes from. Absent: nobody, or nobody knows. */
export interface AuthorSources {
  /** Who made the release. */
  readonly release?: string;
  /** Who put it into the channel. */
  readonly channel?: string;
  /** Who last edited the desired state or the values, as whoever requests a deployment does. */
  readonly desired?: string;
  /** Who edited them before, in what has not gone since. */
  readonly edited?: readonly string[];
}

const DEEDS = {
  release: 'made the release',
  channel: 'put the release into the channel',
  edited: 'edited what is desired since it last went',
  desired: 'last edited what is desired',
} as const satisfies Record<keyof AuthorSources, string>;

/** The people whose work a plan is, with what each did; for a sentence after the name. */
export type Authors = ReadonlyMap<string, string>;

export function authorsOf(sources: AuthorSources): Authors {
  const authors = new Map<string, string>();
  for (const source of ['release', 'channel', 'edited', 'desired'] as const) {
    for (const name of [sources[source] ?? []].flat()) {
      const before = authors.get(name);
      const deed = DEEDS[source];
      authors.set(name, before === undefined ? deed : `${before} and ${deed}`);
    }
  }
  return authors;
}
