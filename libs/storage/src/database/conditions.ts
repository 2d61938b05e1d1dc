import { type PageRequest, rowsToRead } from '@apollo-deploy/orchestration';

/** Builds the end of a SELECT from what a caller filters by; only values that are given count. */
export class Conditions {
  readonly parameters: unknown[] = [];
  private readonly parts: string[] = [];

  /** Adds a condition in which `?` stands for the value; nothing if there is none. */
  and(condition: string, value: unknown): this {
    if (value === undefined) return this;
    this.parameters.push(value);
    this.parts.push(condition.replaceAll('?', `$${this.parameters.length}`));
    return this;
  }

  /** The conditions alone; empty where there are none. */
  get where(): string {
    return this.parts.length === 0 ? '' : `WHERE ${this.parts.join(' AND ')} `;
  }

  /** The conditions, the order, and as many rows as a page needs. */
  page(order: string, page: PageRequest): string {
    return `${this.where}ORDER BY ${order} LIMIT ${rowsToRead(page)}`;
  }
}
