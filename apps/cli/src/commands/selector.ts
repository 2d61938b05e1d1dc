import type { Command } from 'commander';
import { Type } from 'typebox';
import { given, namesIn } from './define.js';

/** Which plans are meant; what is absent means any. */
export interface SelectorOptions {
  readonly environment?: string;
  readonly tier?: string;
  readonly planTypes?: readonly string[];
  readonly criticality?: string;
  readonly products?: readonly string[];
  readonly strategy?: string;
}

const Text = Type.String();
const Texts = Type.Array(Text);

/** The same, as the hub answers it. */
export const SelectorView = Type.Object({
  environment: Type.Optional(Text),
  tier: Type.Optional(Text),
  planTypes: Type.Optional(Texts),
  criticality: Type.Optional(Text),
  products: Type.Optional(Texts),
  strategy: Type.Optional(Text),
});

/** Lets a command say which plans it is about. */
export function withSelector(command: Command): Command {
  return command
    .option('--environment <name>', 'for plans in one environment')
    .option('--tier <tier>', '… in environments of a tier, such as production')
    .option('--plan-types <types>', '… of these types, by commas', namesIn)
    .option('--criticality <degree>', '… of products of that criticality')
    .option('--products <names>', '… of these products, by commas', namesIn)
    .option('--strategy <name>', '… that follow a strategy');
}

/** Those of the options that say which plans are meant. */
export function selectorOf(
  options: SelectorOptions,
): Readonly<Record<string, string | readonly string[]>> {
  const { environment, tier, planTypes, criticality, products, strategy } = options;
  return given({ environment, tier, planTypes, criticality, products, strategy });
}
