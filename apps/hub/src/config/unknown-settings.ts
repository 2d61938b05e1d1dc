import { isServiceVariable, nearestName } from '@apollo-deploy/kernel';
import type { ConfigFault } from './setting.js';

/** Variables of the launcher, of spokes, of apolloctl and of tests, which may run beside a hub. */
const OF_OTHERS: readonly string[] = [
  ...['APOLLO_HOME', 'APOLLO_HUB', 'APOLLO_HUB_URL', 'APOLLO_TOKEN', 'APOLLO_TOKEN_FILE'],
  ...['APOLLO_KUBECONFIG', 'APOLLO_HELM', 'APOLLO_NAMESPACES', 'APOLLO_SPOKES_DIR'],
  ...['APOLLO_KEY_LIFE_DAYS', 'APOLLO_MAX_PARALLEL', 'APOLLO_NODE_NAME'],
  ...['APOLLO_HEALTH_RULES_FILE', 'APOLLO_DRIFT_RULES_FILE', 'APOLLO_KILLS'],
];
const OF_OTHERS_BEGIN = /^APOLLO_(SPOKE|POD|SIMULATED|TEST|KILL|WALK|WRITE)_/;

/**
 * Variables that look like settings of the hub and are none, most often a slip of the pen: a setting
 * that was meant to make the hub stricter would be without effect.
 */
export function unknownSettings(
  environment: Readonly<Record<string, string | undefined>>,
  known: readonly string[],
): readonly ConfigFault[] {
  return Object.entries(environment)
    .filter(([name, text = '']) => text !== '' && name.startsWith('APOLLO_'))
    .filter(([name, text = '']) => !known.includes(name) && !isOfAnother(name, text))
    .map(([variable]) => ({
      variable,
      message: `${variable} is no setting of the hub; did you mean ${nearestName(variable, known)?.name ?? 'none'}? Correct its name, or take it away`,
    }));
}

function isOfAnother(name: string, text: string): boolean {
  return OF_OTHERS.includes(name) || OF_OTHERS_BEGIN.test(name) || isServiceVariable(name, text);
}
