import type { Json } from '@apollo-deploy/kernel';
import type { Scope } from './scope.js';

/** A constraint that people made: what it demands, and of which plans. */
export interface StoredConstraint {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  /** Its shape is its kind's. */
  readonly spec: Readonly<Record<string, Json>>;
  readonly scope: Scope;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly version: number;
}
