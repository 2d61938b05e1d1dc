import type { Command } from 'commander';
import type { Call } from '../call.js';
import { askFor } from '../deployments/ask.js';
import { type WaitOption, withWait } from '../deployments/options.js';
import { isProduction, placeNamed, placesOf, tellPlace } from '../deployments/places.js';
import { rootRoute } from '../hub/route.js';
import { fields } from '../output/columns.js';
import { plain } from '../output/plain.js';
import type { Surroundings } from '../surroundings.js';
import { calling, given } from './define.js';

interface PromoteOptions extends WaitOption {
  readonly from: string;
  readonly to: string;
  readonly strategy?: string;
  readonly reason: string;
  readonly yes?: true;
}

/** The way up. */
export function addPromote(program: Command, surroundings: Surroundings): void {
  withWait(program.command('promote'))
    .argument('<service>')
    .description('bring exactly what completed and is healthy in one environment to another')
    .requiredOption('--from <environment>', 'where it runs')
    .requiredOption('--to <environment>', 'where it is to run')
    .option('--strategy <name>', 'how it is rolled out (rolling)')
    .requiredOption('--reason <text>', 'why; kept with the deployment')
    .option('-y, --yes', 'asks nothing')
    .action(
      calling<PromoteOptions>(surroundings, (call, options, service = '') =>
        promote(call, service, options),
      ),
    );
}

async function promote(
  call: Call,
  service: string,
  { from, to, strategy, reason, yes, wait }: PromoteOptions,
): Promise<void> {
  const places = await placesOf(call, service);
  const target = placeNamed(places, to);
  call.present(
    [
      `promotes ${plain(service)}`,
      fields([
        ['from', tellPlace(placeNamed(places, from), from)],
        ['to', tellPlace(target, to)],
        ['strategy', strategy],
        ['reason', reason],
      ]),
    ].join('\n'),
  );
  await call.reconsider('Promote it to production?', yes === true || !isProduction(target));
  const body = { service, from_env: from, to_env: to, ...given({ strategy }), reason };
  await askFor(call, rootRoute`promote`, body, wait);
}
