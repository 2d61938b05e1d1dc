export { type Direction, FaultProxy } from './testing/fault-proxy.js';
