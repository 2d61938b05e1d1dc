import type { Entity } from '@apollo-deploy/domain';
import type { Json } from '@apollo-deploy/kernel';
import type { EventSubject, NewEvent } from '../ports/event-log.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';

type EventData = Readonly<Record<string, Json>>;

/** Is told of the events of a transaction, in it. */
export type HearEvents = (unit: UnitOfWork, events: readonly NewEvent[]) => Promise<void>;

/** An event whose subject is known, or is an entity that is looked up when all are written. */
interface Draft {
  readonly type: string;
  readonly data: EventData;
  readonly subject: EventSubject | string;
}

/**
 * The events of one transaction. They are written all at once at its end, with a number of statements
 * that does not depend on how many there are.
 */
export class EventDrafts {
  private readonly drafts: Draft[] = [];

  add(type: string, subject: EventSubject, data: EventData): void {
    this.drafts.push({ type, subject, data });
  }

  /** Of an entity of which only the name is known. One that does not exist is not announced. */
  addOfEntity(type: string, entity: string, data: EventData): void {
    this.drafts.push({ type, subject: entity, data });
  }

  /** The last thing a transaction does; before that, whoever hears what happened may write as well. */
  async write(unit: UnitOfWork, at: Date, hear?: HearEvents): Promise<void> {
    if (this.drafts.length === 0) return;
    const names = this.drafts.flatMap(({ subject }) =>
      typeof subject === 'string' ? subject : [],
    );
    const entities = names.length === 0 ? [] : await unit.entities.getMany([...new Set(names)]);
    const byName = new Map(entities.map((entity) => [entity.name, entitySubject(entity)]));
    const events = this.drafts.flatMap(({ type, subject, data }): readonly NewEvent[] => {
      const known = typeof subject === 'string' ? byName.get(subject) : subject;
      return known === undefined ? [] : [{ at: at.toISOString(), type, subject: known, data }];
    });
    await hear?.(unit, events);
    await unit.finish(() => unit.events.append(events));
  }
}

export function entitySubject({ name, environment, product }: Entity): EventSubject {
  return { kind: 'entity', name, entity: name, environment, product };
}
