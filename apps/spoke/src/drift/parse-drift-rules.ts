import { err, ok, type Result } from '@apollo-deploy/kernel';
import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import type { DriftRule } from './drift-rules.js';
import { parsePathPattern } from './path-pattern.js';

const CLOSED = { additionalProperties: false };
const Text = Type.Optional(Type.String({ maxLength: 253 }));
const Rule = Type.Object(
  {
    ...{ group: Text, kind: Text, namespace: Text, name: Text },
    paths: Type.Array(Type.String({ minLength: 1, maxLength: 1024 }), {
      minItems: 1,
      maxItems: 100,
    }),
  },
  CLOSED,
);
const File = Type.Object({ rules: Type.Array(Rule, { maxItems: 500 }) }, CLOSED);
type WrittenRule = Static<typeof Rule>;

const SHAPE =
  'give {"rules": [{"group": …, "kind": …, "namespace": …, "name": …, "paths": […]}]}: at most 500 rules with 1 to 100 paths each; what is left out of the others may be anything, and nothing else is known';
const PATH = 'give a path as drift names it, such as spec.template.spec.containers[*].image';

const fileCheck = Compile(File);

/** The rules in the text of a drift rules file (JSON), or what is wrong with it, a sentence each. */
export function parseDriftRules(text: string): Result<readonly DriftRule[], readonly string[]> {
  const parsed = parseJson(text);
  if (!parsed.ok) return err([parsed.error]);
  if (!fileCheck.Check(parsed.value)) {
    const places = fileCheck.Errors(parsed.value).map(({ instancePath }) => instancePath);
    const first = [...places].sort((a, b) => b.length - a.length)[0] ?? '';
    return err([`${placeOf(first)} is not usable; ${SHAPE}`]);
  }
  const { rules } = parsed.value;
  const problems = rules.flatMap(({ paths }, rule) =>
    paths.flatMap((path, at) =>
      parsePathPattern(path) === null ? [`rules[${rule}].paths[${at}] is no path; ${PATH}`] : [],
    ),
  );
  return problems.length > 0 ? err(problems) : ok(rules.map(ruleOf));
}

function ruleOf({ paths, ...object }: WrittenRule): DriftRule {
  return {
    ...object,
    paths: paths.map(parsePathPattern).filter((pattern) => pattern !== null),
  };
}

function parseJson(text: string): Result<unknown, string> {
  try {
    return ok(JSON.parse(text));
  } catch (error) {
    return err(`is not JSON (${error instanceof Error ? error.message : String(error)})`);
  }
}

/** `rules[0].paths` for `/rules/0/paths`. */
function placeOf(pointer: string): string {
  const place = pointer.replaceAll(/\/(\d+)/g, '[$1]').replaceAll('/', '.');
  return place === '' ? 'the whole' : place.slice(1);
}
