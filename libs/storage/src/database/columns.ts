/** What goes to PostgreSQL as a parameter. */
export type Parameter = string | number | boolean | null | Uint8Array | readonly Parameter[];

/** How a value is kept in a column. What is absent is NULL; the codec never sees it. */
export interface Codec<T> {
  readonly sqlType: string;
  encode(value: T): string | number | boolean;
  decode(stored: unknown): T;
}

export interface Column<T> {
  readonly codec: Codec<T>;
  /** Where the column is not named as the field is. */
  readonly name?: string;
  readonly optional: boolean;
}
export type RequiredColumn<T> = Column<T> & { readonly optional: false };
export type OptionalColumn<T> = Column<T> & { readonly optional: true };

function required<T>(codec: Codec<T>, name: string | undefined): RequiredColumn<T> {
  return { codec, optional: false, ...(name !== undefined && { name }) };
}

/** The column of a field that may be absent. */
export function optional<T>(column: RequiredColumn<T>): OptionalColumn<T> {
  return { ...column, optional: true };
}

/** A name, id, code or digest. */
export function text<T extends string>(name?: string): RequiredColumn<T> {
  return required(
    { sqlType: 'text', encode: (value) => value, decode: (stored) => stored as T },
    name,
  );
}

/**
 * A sentence that people read. It may quote what a program printed, so U+0000 and halves of
 * surrogate pairs, which no text column takes, become U+FFFD.
 */
export function prose(name?: string): RequiredColumn<string> {
  const encode = (value: string): string => value.toWellFormed().replaceAll('\0', '\ufffd');
  return required({ sqlType: 'text', encode, decode: (stored) => stored as string }, name);
}

/** A whole number that a JavaScript number holds exactly. */
export function integer(sqlType: 'integer' | 'bigint' = 'integer'): RequiredColumn<number> {
  return required({ sqlType, encode: (value) => value, decode: Number }, undefined);
}

/** A number that need not be whole. */
export function decimal(): RequiredColumn<number> {
  return required(
    { sqlType: 'double precision', encode: (value) => value, decode: Number },
    undefined,
  );
}

export function flag(): RequiredColumn<boolean> {
  return required(
    { sqlType: 'boolean', encode: (value) => value, decode: (stored) => stored as boolean },
    undefined,
  );
}

/** RFC 3339 in the ports; comes back in UTC with milliseconds. */
export function instant(name?: string): RequiredColumn<string> {
  const decode = (stored: unknown): string => (stored as Date).toISOString();
  return required({ sqlType: 'timestamptz', encode: (value) => value, decode }, name);
}

/** A day as `YYYY-MM-DD`. Select it as text: the driver makes a midnight of its own zone of it. */
export function day(): RequiredColumn<string> {
  return required(
    { sqlType: 'date', encode: (value) => value, decode: (stored) => stored as string },
    undefined,
  );
}

/** A value that JSON carries, exactly as it was. */
export function json<T>(name?: string): RequiredColumn<T> {
  return required(
    {
      sqlType: 'json',
      encode: (value) => JSON.stringify(value),
      decode: (stored) => stored as T,
    },
    name,
  );
}
