import { HOUR_MS } from './approval-fields.js';
import { type Approver, fillSeats, fits, type Seat } from './seat-matching.js';

/** What a gate demands of the people who agree. */
export interface GateDemand {
  /** One place each, filled by different people; a role named twice wants two people who have it. */
  readonly requiredRoles: readonly string[];
  /** How many different people in all, whatever their roles; as many as there are roles if absent. */
  readonly requiredApprovers?: number;
  /** For how long an approval is valid, in hours; absent = until the plan goes. */
  readonly ttlHours?: number;
}

/** A seat of a gate and who fills it. */
export interface FilledSeat {
  /** Absent: anybody may take it. */
  readonly role?: string;
  /** Absent: it is empty. */
  readonly by?: string;
}

/** What a gate says about the people who have agreed. */
export interface GateAnswer {
  readonly satisfied: boolean;
  readonly seats: readonly FilledSeat[];
  /** Roles of the empty seats; as often as they are missing. */
  readonly missing: readonly string[];
  /** How many more different people it takes at least, those for the missing roles included. */
  readonly missingApprovers: number;
  /** One more person with any of these roles brings the gate further. */
  readonly wantedRoles: readonly string[];
  /** One more person brings it further, whatever the role. */
  readonly wantsAnybody: boolean;
}

/**
 * The demand of one rule on one plan. It holds when at least `requiredApprovers` different people agree
 * and every role is filled by a different person who has it, whoever came first.
 */
export class ApprovalGate {
  readonly requiredRoles: readonly string[];
  /** At least one, and at least as many as there are roles. */
  readonly requiredApprovers: number;
  private readonly ttlMs: number;

  constructor({ requiredRoles, requiredApprovers = 1, ttlHours = Infinity }: GateDemand) {
    this.requiredRoles = requiredRoles;
    this.requiredApprovers = Math.max(1, requiredApprovers, requiredRoles.length);
    this.ttlMs = ttlHours * HOUR_MS;
  }

  /**
   * Judges by the people who agree, with the roles that count for them now. People with one of
   * `standIns` may take any of its seats.
   */
  evaluate(approvers: readonly Approver[], standIns: readonly string[] = []): GateAnswer {
    const seats = this.seats(standIns);
    const { filledBy, wanting } = fillSeats(seats, approvers);
    const filled = seats.map((_, index): FilledSeat => {
      const [role, by] = [this.requiredRoles[index], filledBy[index]];
      return { ...(role !== undefined && { role }), ...(by !== undefined && { by }) };
    });
    const empty = filled.filter(({ by }) => by === undefined);
    const wanted = wanting.flatMap((index) => seats[index] ?? []);
    return {
      satisfied: empty.length === 0,
      seats: filled,
      missing: empty.flatMap(({ role }) => role ?? []),
      missingApprovers: empty.length,
      wantedRoles: [...new Set(wanted.flatMap(({ roles }) => roles))],
      wantsAnybody: wanted.some(({ roles }) => roles.length === 0),
    };
  }

  /** Whether a person may take any seat at all, filled or not. */
  admits(approver: Approver, standIns: readonly string[] = []): boolean {
    return this.seats(standIns).some((seat) => fits(approver, seat));
  }

  /** When an approval that was given at an instant is no longer valid; absent if that never comes. */
  lapsesAt(givenAt: string): string | undefined {
    return this.ttlMs === Infinity
      ? undefined
      : new Date(Date.parse(givenAt) + this.ttlMs).toISOString();
  }

  /** A seat for every role, then those that anybody may take. */
  private seats(standIns: readonly string[]): readonly Seat[] {
    const forRoles = this.requiredRoles.map((role) => ({ roles: [role, ...standIns] }));
    const free = this.requiredApprovers - forRoles.length;
    return [...forRoles, ...Array.from({ length: free }, () => ({ roles: [] }))];
  }
}
