import type { Context } from '@apollo-deploy/orchestration';
import type { IntegrationsConfig } from '../config/integrations-config.js';
import { ChronosBackups } from './chronos-backups.js';
import type { Machine } from './guarded-receiver.js';
import { HadesRollback } from './hades-rollback.js';
import { PanoptesHealth } from './panoptes-health.js';

/** Those that are configured to do what the hub else does itself, or does without. */
export function outsideProviders(
  { chronos, panoptes, hades }: Omit<IntegrationsConfig, 'told'>,
  machine: Machine,
): Pick<Context, 'backups' | 'health' | 'rollbacks'> {
  return {
    ...(chronos !== undefined && { backups: new ChronosBackups(chronos, machine) }),
    ...(hades !== undefined && { rollbacks: new HadesRollback(hades, machine) }),
    ...(panoptes !== undefined && { health: new PanoptesHealth(panoptes, machine) }),
  };
}
