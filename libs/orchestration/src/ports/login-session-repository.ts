/** What a browser holds after a person has logged in. Only the SHA-256 of its secret is kept. */
export interface LoginSessionRecord {
  readonly id: string;
  /** The name in `people` of who acts by it. */
  readonly person: string;
  /** SHA-256 of the secret in the cookie, lowercase hex; no two have the same. */
  readonly hash: string;
  readonly startedAt: string;
  /** From here on it is over, unless it is used before. */
  readonly idleEndsAt: string;
  /** From here on it is over, however much it is used. */
  readonly endsAt: string;
  readonly endedAt?: string;
  readonly endedBy?: string;
  /** The identity provider that vouched for the person; absent = an older version did not note it. */
  readonly issuer?: string;
  /** Who they are there. */
  readonly subject?: string;
  /** Which login there it was; absent = the provider did not say. */
  readonly sid?: string;
}

/** Whom an identity provider has logged out: of all their logins there, or of one. */
export interface VouchedLogout {
  readonly issuer: string;
  /** Absent = whoever has the login `sid`. */
  readonly subject?: string;
  /** Absent = all of the subject's. */
  readonly sid?: string;
}

/** One message of an identity provider that somebody has logged out. */
export interface LogoutTokenUse {
  readonly issuer: string;
  readonly id: string;
  /** Until when it could be sent again. RFC 3339. */
  readonly keptUntil: string;
}

export interface LoginSessionRepository {
  /** Those of these ids that there are, in any order; those that are over included. */
  getMany(ids: readonly string[]): Promise<readonly LoginSessionRecord[]>;
  /** Those that are over included. */
  byHash(hash: string): Promise<LoginSessionRecord | undefined>;
  /** Keeps a new one; its id and its hash must be free. */
  insert(session: LoginSessionRecord): Promise<void>;
  /** Puts off the idle end; an instant before the one that is kept is ignored. */
  extend(id: string, idleEndsAt: string): Promise<void>;
  /** False if there is none of that id, or it was ended already. */
  end(id: string, by: string, at: string): Promise<boolean>;
  /** Ends all of a person that were not ended and whose time is not up; answers how many those were. */
  endAll(person: string, by: string, at: string): Promise<number>;
  /**
   * Ends those of a logout that were not ended and whose time is not up; answers whose they were, each
   * as often as they had one. With both a subject and a `sid`, those of the subject of which nobody
   * knows the `sid` are meant as well. At least one of both has to be there.
   */
  endVouched(logout: VouchedLogout, by: string, at: string): Promise<readonly string[]>;
  /** Notes a logout token. False if it was noted before, by any replica. */
  useLogoutToken(token: LogoutTokenUse): Promise<boolean>;
  /**
   * Forgets sessions whose time was up before this instant, and logout tokens that could not be sent
   * again since before it, at most `limit` of each. Answers whether there may be more.
   */
  forgetBefore(instant: string, limit: number): Promise<boolean>;
}
