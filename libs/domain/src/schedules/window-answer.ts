import type { WindowLayer } from './maintenance-window.js';

/** One thing that makes the answer what it is. */
export type WindowReason = MaintenanceReason | SuppressionReason;

/** A layer that is shut, or a window that holds its layer open. */
export interface MaintenanceReason {
  readonly kind: 'maintenance_window';
  readonly layer: WindowLayer;
  /** As the constraint that the window is stored as. */
  readonly id?: string;
  /** The window that is open, or opens next. */
  readonly name?: string;
  readonly message: string;
  /** When this reason alone ends; absent if not within 400 days. RFC 3339, UTC, as everywhere here. */
  readonly until?: string;
}

export interface SuppressionReason {
  readonly kind: 'suppression_window';
  readonly id?: string;
  readonly name?: string;
  readonly reason: string;
  readonly hard: boolean;
  readonly message: string;
  readonly until?: string;
}

/** Whether changes may begin at an instant, why, and when that changes. */
export interface WindowAnswer {
  readonly open: boolean;
  /** If shut, everything that shuts it; if open, the windows that are open, if there are any. */
  readonly because: readonly WindowReason[];
  /**
   * Open: the end of the opening, or of what was looked at of very many edges. Absent beyond 400 days,
   * as are the next two.
   */
  readonly openUntil?: string;
  /** Shut: the first instant at which it is open again. */
  readonly nextOpen?: string;
  /** Shut: the end of that opening. */
  readonly nextClose?: string;
  /** Shut, without a `nextOpen`: looking ended here, before 400 days, for there are very many edges. */
  readonly searchedUntil?: string;
}
