import { Type, type TSchema } from 'typebox';
import { Check } from 'typebox/value';

/** One environment variable: what it may be, and what it is if nobody says. */
export interface Setting {
  /** Of the value, after it was made a number if `numeric`. */
  readonly schema: TSchema;
  /** Ends the sentence "accepted is …". */
  readonly accepted: string;
  readonly initial?: string;
  readonly numeric?: true;
  /** Its value is not shown, in no message. */
  readonly secret?: true;
}

/** The settings of one feature, by the names of their variables. */
export type Settings = Readonly<Record<string, Setting>>;

/** What is set or has an initial value, as text that follows the rule of its setting. */
export type Given<Name extends string> = Pick<ReadonlyMap<Name, string>, 'get' | 'has'>;

/** What is wrong with one variable, and what would be accepted. Never holds a secret's value. */
export interface ConfigFault {
  readonly variable: string;
  readonly message: string;
}

/** The path of a file or folder. */
export const PATH = Type.String({ minLength: 1, maxLength: 4096 });

/** Whether the text follows the rule of the setting. */
export function follows({ schema, numeric }: Setting, text: string): boolean {
  return Check(schema, numeric === true && /^\d+$/.test(text) ? Number(text) : text);
}

export function faultOf(variable: string, text: string, setting: Setting): ConfigFault {
  const { accepted, secret } = setting;
  const shown = secret === true ? 'not usable (its value is not shown)' : JSON.stringify(text);
  return { variable, message: `${variable} is ${shown}; accepted is ${accepted}` };
}
