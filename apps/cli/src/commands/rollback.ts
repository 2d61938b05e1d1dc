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

interface RollbackOptions extends WaitOption {
  readonly reason: string;
  readonly environment?: string;
  readonly to?: string;
  readonly yes?: true;
}

/** The way back. */
export function addRollback(program: Command, surroundings: Surroundings): void {
  withWait(program.command('rollback'))
    .argument('<service>')
    .description('go back to what completed before what runs, and hold it there')
    .requiredOption('--reason <text>', 'why; kept with the deployment')
    .option('--environment <name>', 'where; else in the highest tier where it runs')
    .option('--to <version>', 'to which; else to what completed there before')
    .option('-y, --yes', 'asks nothing')
    .action(
      calling<RollbackOptions>(surroundings, (call, options, service = '') =>
        rollback(call, service, options),
      ),
    );
}

async function rollback(
  call: Call,
  service: string,
  { reason, environment, to, yes, wait }: RollbackOptions,
): Promise<void> {
  const places = await placesOf(call, service);
  const place =
    environment === undefined
      ? places.findLast(({ runs }) => runs.length > 0)
      : placeNamed(places, environment);
  call.present(
    [
      `rolls ${plain(service)} back`,
      fields([
        ['in', tellPlace(place, environment ?? 'the highest tier where it runs')],
        ['to', to ?? 'what completed there before'],
        ['reason', reason],
      ]),
    ].join('\n'),
  );
  await call.reconsider('Roll it back in production?', yes === true || !isProduction(place));
  const body = { service, reason, ...given({ environment, target_version: to }) };
  await askFor(call, rootRoute`rollback`, body, wait);
}
