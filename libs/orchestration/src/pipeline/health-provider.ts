import type { ServiceHealth } from '@apollo-deploy/domain';

/** Whoever watches services besides the spokes. */
export interface HealthProvider {
  readonly name: string;
  /** Looks once. Throws, as an outage, where it does not answer, or does not say how the service does. */
  look(service: string, environment: string): Promise<ServiceHealth>;
}
