import type { DependencyDeclaration } from '@apollo-deploy/domain';

/** One product needs another, by some release of it, optionally or not. */
export interface ProductNeed {
  readonly product: string;
  readonly needs: string;
}

/** What one release declares. */
export interface Declaration {
  readonly product: string;
  readonly version: string;
  readonly dependencies: readonly DependencyDeclaration[];
}

/** A product as it is looked for from a spoke. */
export interface ProviderPlace {
  readonly environment: string;
  readonly spoke: string;
  readonly product: string;
}

/** A product on a spoke, as those of another product look for it. */
export interface DependentPlace extends ProviderPlace {
  readonly dependent: string;
}

/** An entity that was found for one of the places that were asked about. */
export interface PlacedEntity {
  /** Index of the place. */
  readonly place: number;
  readonly entity: string;
}
