/** Whether this process still takes work. */
export class Readiness {
  private isDraining = false;

  get draining(): boolean {
    return this.isDraining;
  }

  /** From now on `/readyz` says no, so that nobody sends more. There is no way back. */
  drain(): void {
    this.isDraining = true;
  }
}
