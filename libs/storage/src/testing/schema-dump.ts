import type { TestDatabase } from './test-database.js';

const COLUMNS = `
  SELECT c.relname AS table_name, a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
    || CASE WHEN a.attcollation <> t.typcollation THEN ' COLLATE ' || quote_ident(l.collname) ELSE '' END
    || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
    || CASE WHEN a.attidentity = 'a' THEN ' GENERATED ALWAYS AS IDENTITY' ELSE '' END
    || CASE WHEN d.adbin IS NULL THEN '' ELSE ' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid) END
    || CASE WHEN a.attstorage = 'e' AND t.typstorage <> 'e' THEN ' STORAGE EXTERNAL' ELSE '' END AS line
  FROM pg_class c
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  JOIN pg_type t ON t.oid = a.atttypid
  LEFT JOIN pg_collation l ON l.oid = a.attcollation
  LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
  ORDER BY c.relname COLLATE "C", a.attnum`;

const CONSTRAINTS = `
  SELECT c.relname AS table_name,
    'CONSTRAINT ' || quote_ident(k.conname) || ' ' || pg_get_constraintdef(k.oid) AS line
  FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
  WHERE k.connamespace = 'public'::regnamespace AND k.contype <> 'n'
  ORDER BY c.relname COLLATE "C", k.conname COLLATE "C"`;

const INDEXES = `
  SELECT pg_get_indexdef(i.indexrelid) || ';' AS line
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
  WHERE c.relnamespace = 'public'::regnamespace
    AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)
  ORDER BY c.relname COLLATE "C"`;

const TRIGGERS = `
  SELECT pg_get_functiondef(t.tgfoid) || ';' || chr(10) || pg_get_triggerdef(t.oid) || ';' AS line
  FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
  WHERE c.relnamespace = 'public'::regnamespace AND NOT t.tgisinternal
  ORDER BY t.tgname COLLATE "C"`;

/** Those that a hub calls. */
const FUNCTIONS = `
  SELECT pg_get_functiondef(oid) || ';' AS line FROM pg_proc
  WHERE pronamespace = 'public'::regnamespace AND prorettype <> 'trigger'::regtype
  ORDER BY proname COLLATE "C"`;

/** The schema as text that people review and machines compare: tables, constraints, indexes, triggers, functions. */
export async function dumpSchema(database: TestDatabase): Promise<string> {
  const tables = new Map<string, string[]>();
  for (const query of [COLUMNS, CONSTRAINTS]) {
    for (const { table_name: table, line } of await database.query(query)) {
      const lines = tables.get(String(table)) ?? [];
      tables.set(String(table), [...lines, `  ${String(line)}`]);
    }
  }
  const indexes = (await database.query(INDEXES)).map(({ line }) => String(line));
  const triggers = (await database.query(TRIGGERS)).map(({ line }) => `\n${String(line)}`);
  const functions = (await database.query(FUNCTIONS)).map(({ line }) => `\n${String(line)}`);
  return [
    '-- The schema after every migration, for reviewers. A test compares the two; it writes this file',
    '-- when it is told to: APOLLO_WRITE_SCHEMA=1 node tools/test.mjs int -- schema-dump',
    ...[...tables].map(([table, lines]) => `\nCREATE TABLE ${table} (\n${lines.join(',\n')}\n);`),
    '',
    ...indexes,
    ...triggers,
    ...functions,
    '',
  ].join('\n');
}
