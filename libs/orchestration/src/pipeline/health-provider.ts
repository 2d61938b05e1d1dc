/** What somebody who watches services says of one. */
export interface ServiceHealth {
  readonly healthy: boolean;
  /** Why, in a sentence for people. */
  readonly detail: string;
}

/** Whoever watches services besides the spokes. */
export interface HealthProvider {
  readonly name: string;
  /** Looks once. Throws, as an outage, where it does not answer. */
  look(service: string, environment: string): Promise<ServiceHealth>;
}
