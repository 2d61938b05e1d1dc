import { err, InvariantViolation, ok, type Result } from '@apollo-deploy/kernel';
import type { EventLog, NewEvent, StoredEvent, UnknownEvent } from '../event-log.js';
import { TableView } from './memory-table.js';
import type { EventRange, MemoryTables } from './memory-tables.js';
import type { MemoryTransaction } from './memory-transaction.js';

const NOTHING: EventRange = { oldest: 1, newest: 0 };

/** Events are numbered without gaps, so that none has to be searched for. */
export class InMemoryEventLog implements EventLog {
  private readonly events: TableView<StoredEvent>;
  private readonly ranges: TableView<EventRange>;

  constructor(
    tables: MemoryTables,
    private readonly transaction: MemoryTransaction,
  ) {
    this.events = new TableView(tables.events, transaction);
    this.ranges = new TableView(tables.eventRanges, transaction);
  }

  async append(events: readonly NewEvent[]): Promise<void> {
    if (events.length === 0) return;
    const { oldest, newest } = this.range();
    events.forEach((event, index) => {
      this.events.put({ ...event, id: String(newest + 1 + index) });
    });
    this.ranges.put({ oldest, newest: newest + events.length });
    this.transaction.signals.noteEvents();
  }

  async after(
    id: string | undefined,
    limit: number,
  ): Promise<Result<readonly StoredEvent[], UnknownEvent>> {
    const { oldest, newest } = this.range();
    if (id !== undefined && this.events.get(id) === undefined) {
      return err({ code: 'unknown_event' });
    }
    const first = id === undefined ? oldest : Number(id) + 1;
    const length = Math.max(0, Math.min(limit, newest - first + 1));
    return ok(Array.from({ length }, (_, index) => this.event(first + index)));
  }

  async newestId(): Promise<string | undefined> {
    const { oldest, newest } = this.range();
    return newest < oldest ? undefined : String(newest);
  }

  async forgetBefore(instant: string): Promise<void> {
    const before = Date.parse(instant);
    const { oldest, newest } = this.range();
    let first = oldest;
    for (; first < newest && Date.parse(this.event(first).at) < before; first += 1) {
      this.events.remove(String(first));
    }
    if (first !== oldest) this.ranges.put({ oldest: first, newest });
  }

  private range(): EventRange {
    return this.ranges.get('') ?? NOTHING;
  }

  private event(number: number): StoredEvent {
    const event = this.events.get(String(number));
    if (event === undefined) throw new InvariantViolation(`event ${String(number)} is missing`);
    return event;
  }
}
