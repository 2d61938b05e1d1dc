import { ChartLibrary } from './chart-library.js';
import { SimulatedSpoke, type FleetCommons } from './simulated-spoke.js';

export interface SimulatedFleetOptions extends Omit<FleetCommons, 'library'> {
  /** Their names. */
  readonly spokes: readonly string[];
}

/** Simulated spokes in one process, each with a socket and a cluster of its own. */
export class SimulatedFleet {
  private readonly spokes: readonly SimulatedSpoke[];

  constructor({ spokes, ...commons }: SimulatedFleetOptions) {
    const library = new ChartLibrary();
    this.spokes = spokes.map((spoke) => new SimulatedSpoke(spoke, { ...commons, library }));
  }

  /** Each dials within a second, at a moment chosen by chance. */
  start(): void {
    for (const spoke of this.spokes) spoke.start();
  }

  /** How many have a session now. */
  get connected(): number {
    return this.spokes.filter((spoke) => spoke.connected).length;
  }

  /** Resolves when every spoke has finished what it began and said goodbye. */
  async stop(): Promise<void> {
    await Promise.all(this.spokes.map((spoke) => spoke.stop()));
  }
}
