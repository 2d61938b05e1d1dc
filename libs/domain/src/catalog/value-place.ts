/** Where something stands in values. */
export interface ValuePlace {
  /** Names and positions from the root. */
  readonly keys: readonly string[];
  /** The same in one text, for people; shortened at 500 characters. */
  readonly path: string;
}

const LONGEST_PATH = 500;
const PLAIN_NAME = /^[A-Za-z_][\w-]*$/;

export const ROOT: ValuePlace = { keys: [], path: '' };

/** The place of a member: of a list by its position, else by its name, quoted unless it is a plain word. */
export function placeIn({ keys, path }: ValuePlace, name: string, isList: boolean): ValuePlace {
  const step = isList || PLAIN_NAME.test(name) ? name : JSON.stringify(name);
  const whole = path === '' ? step : `${path}.${step}`;
  const isLong = whole.length > LONGEST_PATH;
  return {
    keys: [...keys, name],
    path: isLong ? `${whole.slice(0, LONGEST_PATH - 3)}...` : whole,
  };
}
