import type { Command } from 'commander';
import type { Call } from '../call.js';
import { askFor } from '../deployments/ask.js';
import { type WaitOption, withWait } from '../deployments/options.js';
import {
  isProduction,
  type Place,
  placeNamed,
  placesOf,
  tellPlace,
} from '../deployments/places.js';
import { rootRoute } from '../hub/route.js';
import { fields } from '../output/columns.js';
import { plain } from '../output/plain.js';
import type { Surroundings } from '../surroundings.js';
import { calling, given } from './define.js';

interface HotfixOptions extends WaitOption {
  readonly reason: string;
  readonly version?: string;
  readonly environment?: string;
  readonly yes?: true;
}

/** The way past the pipeline, in an emergency. */
export function addHotfix(program: Command, surroundings: Surroundings): void {
  withWait(program.command('hotfix'))
    .argument('<service>')
    .description('bring a version to production past its pipeline; somebody else has to review it')
    .requiredOption('--reason <text>', 'why, in 10 characters or more: it is audited')
    .option('--version <version>', 'which; else the newest that stands below production')
    .option('--environment <name>', 'which one of production (prod)')
    .option('-y, --yes', 'asks nothing')
    .action(
      calling<HotfixOptions>(surroundings, (call, options, service = '') =>
        hotfix(call, service, options),
      ),
    );
}

async function hotfix(
  call: Call,
  service: string,
  { reason, version, environment, yes, wait }: HotfixOptions,
): Promise<void> {
  const places = await placesOf(call, service);
  const name = environment ?? 'prod';
  call.present(
    [
      `hotfix of ${plain(service)}, past the pipeline`,
      fields([
        ['version', version ?? tellNewest(service)],
        ['below', version === undefined ? tellBelow(places) : undefined],
        ['to', tellPlace(placeNamed(places, name), name)],
        ['reason', reason],
        ['owes', 'a review by somebody else, and a deployment to the environments below'],
      ]),
    ].join('\n'),
  );
  await call.reconsider('Bring it to production like that?', yes === true);
  const body = { service, reason, ...given({ version, environment }) };
  await askFor(call, rootRoute`hotfix`, body, wait);
}

/** Which one that is the hub works out from what completed, and not from what runs now. */
function tellNewest(service: string): string {
  const what = 'the newest that completed below production and stands there';
  return `${what}; apolloctl history ${service} tells what did, and --version names one`;
}

function tellBelow(places: readonly Place[]): string {
  return places
    .filter((place) => !isProduction(place))
    .map((place) => tellPlace(place, place.environment))
    .join('; ');
}
