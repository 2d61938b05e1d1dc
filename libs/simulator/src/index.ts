export { chanceOf } from './chance.js';
export {
  BEHAVIOURS,
  podFate,
  type Behaviour,
  type DeployedContent,
  type FateOdds,
  type PodFate,
} from './pod-fate.js';
export { SimulatedFleet, type SimulatedFleetOptions } from './simulated-fleet.js';
export { DEFAULT_SEED, simulatedClusterUid } from './simulated-cluster-uid.js';
