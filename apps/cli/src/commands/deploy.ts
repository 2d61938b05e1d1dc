import type { Command } from 'commander';
import { askFor } from '../deployments/ask.js';
import { type WaitOption, withWait } from '../deployments/options.js';
import { rootRoute } from '../hub/route.js';
import type { Surroundings } from '../surroundings.js';
import { calling, given } from './define.js';

interface DeployOptions extends WaitOption {
  readonly to?: string;
  readonly version?: string;
  readonly strategy?: string;
  readonly reason?: string;
  readonly skipBackup?: true;
  readonly refuse?: true;
}

/** The way into the lower environments. */
export function addDeploy(program: Command, surroundings: Surroundings): void {
  withWait(program.command('deploy'))
    .argument('<service>')
    .description('bring a service to an environment that is not production')
    .option('--to <environment>', 'where to (dev)')
    .option('--version <version>', "which; else the newest in the environment's channel")
    .option('--strategy <name>', 'how it is rolled out (rolling)')
    .option('--skip-backup', 'staging only, and takes the permission skip-backup')
    .option('--refuse', 'while another one is under way there; else it waits behind that')
    .option('--reason <text>', 'why; kept with the deployment')
    .action(
      calling<DeployOptions>(surroundings, async (call, options, service = '') => {
        const { to, version, strategy, reason, skipBackup, refuse, wait } = options;
        const body = {
          service,
          ...given({ target_env: to, version, strategy, reason, skip_backup: skipBackup }),
          ...(refuse === true && { on_conflict: 'refuse' }),
        };
        await askFor(call, rootRoute`deploy`, body, wait);
      }),
    );
}
