import { ruleKey, type ConditionRule } from '@apollo-deploy/k8s-status';
import { err, InvariantViolation, ok, type Result } from '@apollo-deploy/kernel';
import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';

const CLOSED = { additionalProperties: false };
const Match = Type.Object(
  {
    type: Type.String({ minLength: 1, maxLength: 316 }),
    status: Type.Optional(
      Type.Union([Type.Literal('True'), Type.Literal('False'), Type.Literal('Unknown')]),
    ),
    reasons: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 1024 }), { minItems: 1, maxItems: 50 }),
    ),
  },
  CLOSED,
);
const Matches = Type.Array(Match, { minItems: 1, maxItems: 20 });
const MatchesOrNone = Type.Array(Match, { maxItems: 20 });
const Rule = Type.Object(
  {
    group: Type.String({ pattern: '^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?)?$' }),
    kind: Type.String({ pattern: '^[A-Z][A-Za-z0-9]{0,62}$' }),
    suspended: Type.Optional(Matches),
    progressing: Type.Optional(Matches),
    failed: Type.Optional(Matches),
    healthy: MatchesOrNone,
  },
  CLOSED,
);
const File = Type.Object({ rules: Type.Array(Rule, { maxItems: 500 }) }, CLOSED);
type File = Static<typeof File>;

const CONDITIONS = '1 to 20 conditions, each as {"type": …, "status": …, "reasons": […]}';
/** What each field takes; the name of a list with `[]` stands for what is in it. */
const ACCEPTED: Readonly<Record<string, string>> = {
  '': '{"rules": […]} and nothing else',
  rules: 'a list of at most 500 rules',
  'rules[]': 'an object of group, kind, suspended, progressing, failed and healthy',
  group: 'the API group without its version, such as cert-manager.io; "" for the core group',
  kind: 'a kind as it is written in manifests, such as Certificate',
  suspended: CONDITIONS,
  progressing: CONDITIONS,
  failed: CONDITIONS,
  healthy: `${CONDITIONS}, or [] if existing is enough`,
  'suspended[]': 'an object of type, status and reasons',
  'progressing[]': 'an object of type, status and reasons',
  'failed[]': 'an object of type, status and reasons',
  'healthy[]': 'an object of type, status and reasons',
  type: 'the type of a condition, such as Ready',
  status: '"True", "False" or "Unknown"; without it "True" is meant',
  reasons: '1 to 50 reasons, of which the condition must have one; without it any will do',
  'reasons[]': 'a reason as the condition gives it, 1 to 1024 characters',
};

const fileCheck = Compile(File);

/**
 * The rules in the text of a health rules file (JSON), or what is wrong with it: a sentence for
 * each problem (of many, the first) that names the field as `rules[0].healthy` and says what it takes.
 */
export function parseHealthRules(
  text: string,
): Result<readonly ConditionRule[], readonly string[]> {
  const parsed = parseJson(text);
  if (!parsed.ok) return err([parsed.error]);
  if (!fileCheck.Check(parsed.value)) return err(shapeProblems(parsed.value));
  const { rules } = parsed.value;
  const twice = repeated(rules);
  return twice.length > 0 ? err(twice) : ok(rules);
}

function parseJson(text: string): Result<unknown, string> {
  try {
    return ok(JSON.parse(text));
  } catch (error) {
    return err(`is not JSON (${error instanceof Error ? error.message : String(error)})`);
  }
}

type ShapeError = ReturnType<typeof fileCheck.Errors>[number];

function shapeProblems(value: unknown): readonly string[] {
  const problems = fileCheck.Errors(value).flatMap(problemsOf);
  return [...new Set(problems)];
}

function problemsOf({ keyword, instancePath, params }: ShapeError): readonly string[] {
  const steps = instancePath.split('/').slice(1);
  switch (keyword) {
    case 'required':
      return params.requiredProperties.map(
        (name) => `${placeOf([...steps, name])} is missing; give ${acceptedAt([...steps, name])}`,
      );
    case 'boolean':
      // Said by the object around it, under its own name.
      return [];
    case 'additionalProperties':
      return params.additionalProperties.map(
        (name) => `${placeOf([...steps, name])} is not known; give ${acceptedAt(steps)}`,
      );
    default:
      return [`${placeOf(steps)} is not usable; give ${acceptedAt(steps)}`];
  }
}

/** `rules[0].healthy` for the steps `rules`, `0`, `healthy`. */
function placeOf(steps: readonly string[]): string {
  const place = steps.map((step) => (/^\d+$/.test(step) ? `[${step}]` : `.${step}`)).join('');
  return place === '' ? 'the whole' : place.slice(1);
}

function acceptedAt(steps: readonly string[]): string {
  const last = steps.at(-1) ?? '';
  const name = /^\d+$/.test(last) ? `${steps.at(-2) ?? ''}[]` : last;
  const accepted = ACCEPTED[name];
  if (accepted === undefined) throw new InvariantViolation(`nothing says what ${name} accepts`);
  return accepted;
}

/** A kind has one rule: of two, nobody could tell which is meant. */
function repeated(rules: readonly ConditionRule[]): readonly string[] {
  const first = new Map<string, number>();
  return rules.flatMap((rule, index) => {
    const key = ruleKey(rule);
    const before = first.get(key);
    if (before === undefined) {
      first.set(key, index);
      return [];
    }
    return [
      `rules[${index}] is for ${key} as rules[${before}] is already; give one rule for each kind`,
    ];
  });
}
