import { followsRule, NAME_RULES } from '@apollo-deploy/domain';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { ValidateBy, ValidateIf } from 'class-validator';

/** What one field of a request must be, once for the check, the refusal and the documentation. */
interface FieldRule {
  /** Ends the sentence "accepted is …". */
  readonly accepted: string;
  readonly schema: ApiPropertyOptions;
  /** What was sent is not said again where it is refused: whoever sent it may log the answer. */
  readonly secret?: true;
  check(value: unknown): boolean;
}

interface FieldOptions {
  readonly optional?: true;
  readonly description?: string;
}

/** A field with a rule of its own. */
export function Field(rule: FieldRule, options: FieldOptions = {}): PropertyDecorator {
  const { optional, description } = options;
  const decorators: PropertyDecorator[] = [
    ApiProperty({
      ...rule.schema,
      ...(description !== undefined && { description }),
      required: optional !== true,
    } as ApiPropertyOptions),
    ValidateBy(
      {
        name: 'accepted',
        validator: {
          validate: (value: unknown) => rule.check(value),
          defaultMessage: () => rule.accepted,
        },
      },
      { context: { secret: rule.secret === true } },
    ),
    // A field that is there must follow its rule, `null` too: absent is the only way to leave it out.
    ...(optional === true ? [ValidateIf((_, value) => value !== undefined)] : []),
  ];
  return (target, property) => {
    for (const decorate of decorators) decorate(target, property);
  };
}

/** Longer than any name that is accepted, so that the use case names the rule of names. */
export const NAME_LENGTH = 256;

/** Text with at least one character that is not white space. */
export function TextField({
  maximum,
  ...options
}: FieldOptions & { readonly maximum: number }): PropertyDecorator {
  return Field(
    {
      accepted: `text of 1 to ${maximum} characters that is not blank`,
      schema: { type: String, minLength: 1, maxLength: maximum },
      check: (value) => typeof value === 'string' && value.length <= maximum && value.trim() !== '',
    },
    options,
  );
}

/** The name of something in Apollo, to look for it: what cannot be a name finds nothing. */
export function NameField(options: FieldOptions): PropertyDecorator {
  const { accepted, maximumLength, pattern } = NAME_RULES.name;
  return Field(
    {
      accepted,
      schema: { type: String, maxLength: maximumLength, pattern: pattern.source },
      check: (value) => typeof value === 'string' && followsRule(value, NAME_RULES.name),
    },
    options,
  );
}

export function ChoiceField({
  choices,
  ...options
}: FieldOptions & { readonly choices: readonly string[] }): PropertyDecorator {
  return Field(
    {
      accepted: `one of ${choices.join(', ')}`,
      schema: { type: String, enum: [...choices] },
      check: (value) => typeof value === 'string' && choices.includes(value),
    },
    options,
  );
}

interface Bounds {
  readonly minimum: number;
  readonly maximum: number;
}

export function IntegerField({
  minimum,
  maximum,
  ...options
}: FieldOptions & Bounds): PropertyDecorator {
  return Field(
    {
      accepted: `a whole number from ${minimum} to ${maximum}`,
      schema: { type: 'integer', minimum, maximum },
      check: (value) => Number.isInteger(value) && isWithin(Number(value), { minimum, maximum }),
    },
    options,
  );
}

/** A whole number in the query of an address, where everything is text. */
export function QueryIntegerField({
  minimum,
  maximum,
  ...options
}: FieldOptions & Bounds & { readonly default: number }): PropertyDecorator {
  return Field(
    {
      accepted: `a whole number from ${minimum} to ${maximum}`,
      schema: { type: 'integer', minimum, maximum, default: options.default },
      check: (value) =>
        typeof value === 'string' &&
        /^\d{1,9}$/.test(value) &&
        isWithin(Number(value), { minimum, maximum }),
    },
    options,
  );
}

export function FlagField(options: FieldOptions = {}): PropertyDecorator {
  return Field(
    {
      accepted: 'true or false',
      schema: { type: Boolean },
      check: (value) => typeof value === 'boolean',
    },
    options,
  );
}

/** An instant as RFC 3339 writes it. */
export function InstantField(options: FieldOptions = {}): PropertyDecorator {
  return Field(
    {
      accepted: 'an instant such as 2026-03-01T12:00:00Z (RFC 3339)',
      schema: { type: String, format: 'date-time' },
      check: (value) =>
        typeof value === 'string' &&
        /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/.test(value) &&
        !Number.isNaN(Date.parse(value)),
    },
    options,
  );
}

/** A list of objects: their shape only. What they must hold is the domain's to say. */
export function ObjectsField({
  maximum,
  items,
  ...options
}: FieldOptions & { readonly maximum: number; readonly items: object }): PropertyDecorator {
  return Field(
    {
      accepted: `a list of at most ${maximum} objects`,
      schema: { type: 'array', maxItems: maximum, items },
      check: (value) =>
        Array.isArray(value) && value.length <= maximum && value.every(isPlainObject),
    },
    options,
  );
}

const MAX_LABELS = 64;
const MAX_LABEL_LENGTH = 253;
/** Ends the sentence "accepted is …" for `isLabels`. */
export const ACCEPTED_LABELS = `an object of at most ${MAX_LABELS} texts, names and texts of 1 to ${MAX_LABEL_LENGTH} characters`;

export function LabelsField(options: FieldOptions = {}): PropertyDecorator {
  return Field(
    {
      accepted: ACCEPTED_LABELS,
      schema: { type: 'object', additionalProperties: { type: 'string' } },
      check: isLabels,
    },
    options,
  );
}

export function isLabels(value: unknown): boolean {
  if (!isPlainObject(value)) return false;
  const entries = Object.entries(value);
  return (
    entries.length <= MAX_LABELS &&
    entries.every(([name, text]) => isLabelText(name) && isLabelText(text))
  );
}

function isLabelText(value: unknown): boolean {
  return typeof value === 'string' && value.length > 0 && value.length <= MAX_LABEL_LENGTH;
}

function isWithin(value: number, { minimum, maximum }: Bounds): boolean {
  return value >= minimum && value <= maximum;
}

/** An object as JSON writes it: no list, not null. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
