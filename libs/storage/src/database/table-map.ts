import type { OptionalColumn, Parameter, RequiredColumn } from './columns.js';

/** A row as the driver gives it, by field name. */
export type Row = Readonly<Record<string, unknown>>;

/**
 * A column for each field of a record: one that is missing, or required where the field is optional,
 * does not compile.
 */
export type ColumnsOf<T> = {
  readonly [K in keyof T]-?: Partial<Pick<T, K>> extends Pick<T, K>
    ? OptionalColumn<Exclude<T[K], undefined>>
    : RequiredColumn<T[K]>;
};

interface MappedColumn {
  readonly field: string;
  readonly name: string;
  readonly sqlType: string;
  encode(row: object): Parameter;
  decode(stored: unknown): unknown;
  readonly optional: boolean;
}

/** Says where each field of a record is kept, and writes the parts of SQL that follow from it. */
export class TableMap<T extends object> {
  /** For SELECT and RETURNING: each column under the name of its field. */
  readonly selection: string;
  /** For INSERT: the columns, and their values from one array a column, so for any number of rows. */
  readonly insertion: string;
  private readonly columns: readonly MappedColumn[];

  constructor(
    readonly table: string,
    /** The fields that tell a row from all others. */
    readonly key: readonly (keyof T & string)[],
    columns: ColumnsOf<T>,
  ) {
    this.columns = mapColumns(columns);
    this.selection = this.columns.map(({ name, field }) => `${name} AS "${field}"`).join(', ');
    const arrays = this.columns.map(({ sqlType }, index) => `$${index + 1}::${sqlType}[]`);
    this.insertion =
      `INSERT INTO ${table} (${this.columns.map(({ name }) => name).join(', ')}) ` +
      `SELECT * FROM unnest(${arrays.join(', ')})`;
  }

  /** For ON CONFLICT. */
  get keyColumns(): string {
    return this.key.map((field) => this.column(field).name).join(', ');
  }

  /** For UPDATE of one row whose values are `$1` and on, in the order of the columns. */
  get assignments(): string {
    return this.columns
      .map(({ name, sqlType }, index) => `${name} = $${index + 1}::${sqlType}`)
      .join(', ');
  }

  /** For UPDATE by an insertion that met a row with the same key. */
  get replacements(): string {
    return this.columns
      .filter(({ field }) => !(this.key as readonly string[]).includes(field))
      .map(({ name }) => `${name} = excluded.${name}`)
      .join(', ');
  }

  values(record: T): readonly Parameter[] {
    return this.columns.map((column) => column.encode(record));
  }

  /** One array a column, as `insertion` wants them. */
  arrays(records: readonly T[]): readonly (readonly Parameter[])[] {
    return this.columns.map((column) => records.map((record) => column.encode(record)));
  }

  /** The number of the parameter that holds a field in `assignments`. */
  parameterOf(field: keyof T & string): number {
    return this.columns.indexOf(this.column(field)) + 1;
  }

  column(field: keyof T & string): MappedColumn {
    const found = this.columns.find((column) => column.field === field);
    if (found === undefined) throw new TypeError(`${this.table} has no column for ${field}`);
    return found;
  }

  /** The record that a row of `selection` holds. */
  read(row: Row): T {
    const fields: [string, unknown][] = [];
    for (const column of this.columns) {
      const stored = row[column.field];
      if (!column.optional || stored !== null) fields.push([column.field, column.decode(stored)]);
    }
    return Object.fromEntries(fields) as T;
  }
}

function mapColumns<T extends object>(columns: ColumnsOf<T>): readonly MappedColumn[] {
  return (Object.keys(columns) as (keyof T & string)[]).map((field) => {
    const column = columns[field];
    return {
      field,
      name: column.name ?? snakeCase(field),
      sqlType: column.codec.sqlType,
      optional: column.optional,
      encode: (row) => encodeField(row as T, field, column),
      decode: (stored) => column.codec.decode(stored),
    };
  });
}

function encodeField<T extends object, K extends keyof T>(
  row: T,
  field: K,
  column: ColumnsOf<T>[K],
): Parameter {
  const value = row[field];
  return value === undefined ? null : column.codec.encode(value as never);
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
