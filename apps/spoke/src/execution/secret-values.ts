/** One way in which one value may be written. */
export interface Secret {
  readonly form: string;
  /** What is said in its place: `<value of db.password>`. */
  readonly label: string;
  /** A number: the same digits within a longer word are something else. */
  readonly standsAlone: boolean;
}

interface Leaf {
  readonly path: readonly string[];
  readonly value: string | number;
}

/** Shorter ones are found in every sentence, and are no secret to speak of. */
const SHORTEST = 6;
const LONGEST_PATH = 80;

/** All forms of every text of 6 characters or more and number of 6 digits or more, but the known ones. */
export function secretsIn(
  values: unknown,
  known: ReadonlySet<string | undefined>,
): readonly Secret[] {
  const secrets = new Map<string, Secret>();
  for (const { path, value } of leaves(values, [])) {
    if (known.has(String(value))) continue;
    const label = `<value of ${path.join('.').slice(0, LONGEST_PATH)}>`;
    const standsAlone = typeof value === 'number';
    const forms = typeof value === 'number' ? formsOfNumber(value) : formsOfText(value);
    for (const form of forms) {
      if (!secrets.has(form)) secrets.set(form, { form, label, standsAlone });
    }
  }
  return [...secrets.values()];
}

function* leaves(value: unknown, path: readonly string[]): Generator<Leaf> {
  if (typeof value === 'string' || typeof value === 'number') yield { path, value };
  if (typeof value !== 'object' || value === null) return;
  for (const [name, member] of Object.entries(value)) yield* leaves(member, [...path, name]);
}

/** As it is, each of its lines, and each of these in JSON, in a URL and in base64. */
function formsOfText(value: string): string[] {
  const lines = [value, ...value.split('\n')].map((line) => line.trim());
  const plain = new Set([value, ...lines].filter(({ length }) => length >= SHORTEST));
  return [...plain].flatMap((text) => [
    text,
    ...jsonForms(text),
    encodeURIComponent(text.toWellFormed()),
    ...base64Forms(text),
  ]);
}

/** Go writes characters that mean something in HTML as numbers. */
function jsonForms(text: string): string[] {
  const json = JSON.stringify(text).slice(1, -1);
  const numbered = (character: string): string =>
    `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return [json, json.replace(/[<>&]/g, numbered)];
}

/** Within a longer text in base64 a value looks different at each of three places. */
function base64Forms(text: string): string[] {
  const bytes = Buffer.from(text);
  return [0, 1, 2].map((before) => {
    const padded = Buffer.concat([Buffer.alloc(before), bytes]);
    // Characters that also hold bits of what stands before or after are left out.
    const first = Math.ceil((before * 8) / 6);
    return padded.toString('base64').slice(first, Math.floor((padded.length * 8) / 6));
  });
}

/** As JSON writes it, and as Go does. */
function formsOfNumber(value: number): string[] {
  const plain = String(value);
  if (plain.replace(/\D/g, '').length < SHORTEST) return [];
  const exponential = value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
  return [plain, exponential, ...(Number.isInteger(value) ? [BigInt(value).toString()] : [])];
}
