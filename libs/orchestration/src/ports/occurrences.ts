/** That a recurring window opened, and who acted on it. */
export interface OccurrenceRecord {
  /** Id of the constraint that recurs. */
  readonly schedule: string;
  /** The start that names the occurrence. RFC 3339. */
  readonly startsAt: string;
  /** When the opening that it begins or prolongs ends, as far as was known then. RFC 3339. */
  readonly endsAt: string;
  /** Occurrences since the last claimed one that nobody acted on, because no replica ran. */
  readonly missed: number;
  readonly claimedAt: string;
}

/** Which occurrences were acted on. Kept for ever: that is what makes a claim final. */
export interface OccurrenceRepository {
  /**
   * True for the first caller who claims this start of this schedule, false for every other, on
   * whatever replica, after whatever restart and however clocks were turned.
   */
  claim(occurrence: OccurrenceRecord): Promise<boolean>;
  /** By schedule, the newest claimed start at or before an instant (RFC 3339), where there is one. */
  newest(schedules: readonly string[], until: string): Promise<ReadonlyMap<string, string>>;
}
