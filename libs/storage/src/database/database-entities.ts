import type { Entity } from '@apollo-deploy/domain';
import {
  type DependentPlace,
  type EntityFilter,
  type EntityRepository,
  type Page,
  pageOf,
  type PageRequest,
  type PlacedEntity,
  type ProviderPlace,
} from '@apollo-deploy/orchestration';
import { Conditions } from './conditions.js';
import type { DatabaseSession } from './database-session.js';
import { ENTITIES } from './fleet-maps.js';
import type { Row } from './table-map.js';
import { VersionedTable } from './versioned-table.js';

/** A column `at` counts the places, from 1. */
const PLACES = `SELECT * FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY
  AS place (environment, spoke, product, at)`;

const PROVIDERS = `WITH place AS (${PLACES}), installed AS (
    SELECT DISTINCT place.at FROM place
    JOIN entities ON entities.spoke = place.spoke AND entities.product = place.product
    JOIN release_states AS state ON state.spoke = entities.spoke
      AND state.namespace = entities.namespace AND state.release_name = entities.release_name
  )
  SELECT place.at, entities.name FROM place
  JOIN entities ON entities.spoke = place.spoke AND entities.product = place.product
  WHERE place.at IN (SELECT at FROM installed)
  UNION ALL
  SELECT place.at, entities.name FROM place
  JOIN entities ON entities.environment = place.environment AND entities.product = place.product
  WHERE place.at NOT IN (SELECT at FROM installed)
  ORDER BY at, name`;

const DEPENDENTS = `WITH place AS (
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) WITH ORDINALITY
      AS place (environment, spoke, product, dependent, at)
  ), around AS (
    SELECT looked.environment, looked.product, looked.dependent, entities.name
    FROM (SELECT DISTINCT environment, product, dependent FROM place) AS looked
    JOIN entities
      ON entities.environment = looked.environment AND entities.product = looked.dependent
    WHERE NOT EXISTS (
      SELECT FROM entities AS provider
      JOIN release_states AS state USING (spoke, namespace, release_name)
      WHERE provider.spoke = entities.spoke AND provider.product = looked.product
    )
  )
  SELECT place.at, entities.name FROM place
  JOIN entities ON entities.spoke = place.spoke AND entities.product = place.dependent
  UNION
  SELECT place.at, around.name FROM place JOIN around USING (environment, product, dependent)
  ORDER BY at, name`;

export class DatabaseEntities extends VersionedTable<Entity> implements EntityRepository {
  constructor(private readonly session: DatabaseSession) {
    super(session, ENTITIES);
  }

  byRelease(spoke: string, namespace: string, releaseName: string): Promise<Entity | undefined> {
    return this.table.first('WHERE spoke = $1 AND namespace = $2 AND release_name = $3', [
      spoke,
      namespace,
      releaseName,
    ]);
  }

  ofSpokes(spokes: readonly string[]): Promise<readonly Entity[]> {
    return this.table.select('WHERE spoke = ANY($1) ORDER BY name', [spokes]);
  }

  ofProduct(product: string): Promise<readonly Entity[]> {
    return this.table.select('WHERE product = $1 ORDER BY name', [product]);
  }

  ofProductsIn(
    environments: readonly string[],
    products: readonly string[],
  ): Promise<readonly Entity[]> {
    return this.table.select('WHERE environment = ANY($1) AND product = ANY($2) ORDER BY name', [
      environments,
      products,
    ]);
  }

  async environmentsOf(
    products: readonly string[],
  ): Promise<readonly Pick<Entity, 'product' | 'environment'>[]> {
    const rows = await this.session.read(
      `SELECT DISTINCT product, environment FROM entities WHERE product = ANY($1)
       ORDER BY product, environment`,
      [products],
    );
    return rows.map(({ product, environment }) => ({
      product: product as string,
      environment: environment as string,
    }));
  }

  async providersFor(places: readonly ProviderPlace[]): Promise<readonly PlacedEntity[]> {
    const rows = await this.session.read(PROVIDERS, columnsOfPlaces(places));
    return rows.map(placedEntity);
  }

  async dependentsAt(places: readonly DependentPlace[]): Promise<readonly PlacedEntity[]> {
    const rows = await this.session.read(DEPENDENTS, [
      ...columnsOfPlaces(places),
      places.map(({ dependent }) => dependent),
    ]);
    return rows.map(placedEntity);
  }

  async namesIn(environments: readonly string[]): Promise<readonly string[]> {
    const rows = await this.session.read(
      'SELECT name FROM entities WHERE environment = ANY($1) ORDER BY name',
      [environments],
    );
    return rows.map(({ name }) => name as string);
  }

  async countIn(environments: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const rows = await this.session.read(
      `SELECT environment, count(*)::integer AS entities FROM entities
       WHERE environment = ANY($1) GROUP BY environment`,
      [environments],
    );
    const counts = new Map(environments.map((name) => [name, 0]));
    for (const row of rows) counts.set(row['environment'] as string, row['entities'] as number);
    return counts;
  }

  async list(filter: EntityFilter, page: PageRequest): Promise<Page<Entity>> {
    const conditions = new Conditions()
      .and('environment = ?', filter.environment)
      .and('environment = ANY(?)', filter.environments)
      .and('product = ?', filter.product)
      .and('spoke = ?', filter.spoke)
      .and('name > ?', page.after);
    const found = await this.table.select(conditions.page('name', page), conditions.parameters);
    return pageOf(found, page, ({ name }) => name);
  }

  async names(page: PageRequest): Promise<Page<string>> {
    const conditions = new Conditions().and('name > ?', page.after);
    const rows = await this.session.read(
      `SELECT name FROM entities ${conditions.page('name', page)}`,
      conditions.parameters,
    );
    return pageOf(
      rows.map(({ name }) => name as string),
      page,
      (name) => name,
    );
  }
}

function columnsOfPlaces(places: readonly ProviderPlace[]): readonly (readonly string[])[] {
  return [
    places.map(({ environment }) => environment),
    places.map(({ spoke }) => spoke),
    places.map(({ product }) => product),
  ];
}

function placedEntity({ at, name }: Row): PlacedEntity {
  return { place: Number(at) - 1, entity: name as string };
}
