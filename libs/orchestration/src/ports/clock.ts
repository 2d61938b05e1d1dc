/** The current instant. The only way to learn the time outside the domain. */
export interface Clock {
  now(): Date;
}

/** A clock that stands still until it is told to move. */
export class VirtualClock implements Clock {
  constructor(private current: Date) {}

  now(): Date {
    return this.current;
  }

  advance(milliseconds: number): void {
    this.current = new Date(this.current.getTime() + milliseconds);
  }
}
