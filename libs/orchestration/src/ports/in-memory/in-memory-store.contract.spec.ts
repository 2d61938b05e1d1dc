import { describeStore } from '../store.contract.js';
import { InMemoryStore } from './in-memory-store.js';

describeStore('in memory', () => Promise.resolve(new InMemoryStore()));
