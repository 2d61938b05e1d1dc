import type { Command } from 'commander';
import { Call } from '../call.js';
import type { Surroundings } from '../surroundings.js';

/** Which page of a list; the hub says what is acceptable. */
export interface PageOptions {
  readonly limit?: string;
  readonly after?: string;
}

type Run<Options> = (call: Call, options: Options, ...words: string[]) => Promise<void>;

/** Carries a command out with a hub to ask, its options, and the words behind its name. */
export function calling<Options extends object>(
  surroundings: Surroundings,
  run: Run<Options>,
): (this: Command) => Promise<void> {
  return async function (this: Command): Promise<void> {
    const call = await Call.of(this, surroundings);
    await run(call, this.optsWithGlobals<Options>(), ...this.args);
  };
}

/** A command that others stand below, of which `list` is meant where none is named. */
export function addGroup(
  program: Command,
  name: string,
  description: string,
): { readonly group: Command; readonly list: Command } {
  const group = program.command(name).description(description);
  const list = withPages(group.command('list', { isDefault: true }).description(description));
  // Whatever is no command of the group ends up here.
  list.allowExcessArguments().hook('preAction', (_, { args: [word] }) => {
    if (word === undefined) return;
    const known = group.commands.map((command) => command.name()).join(', ');
    group.error(`error: unknown command '${word}'; ${name} has ${known}`);
  });
  return { group, list };
}

/** Lets a command list page by page. */
export function withPages(command: Command): Command {
  return command
    .option('--limit <number>', 'how many at most, 1 to 200 (50)')
    .option('--after <place>', 'go on where the list before ended');
}

/** Names in one word, parted by commas. */
export function namesIn(word: string): readonly string[] {
  return word.split(',').map((name) => name.trim());
}

/** Those members of an object that are there. */
export function given<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const there = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(there) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
