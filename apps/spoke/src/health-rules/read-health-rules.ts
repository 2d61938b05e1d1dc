import { readFile } from 'node:fs/promises';
import { conditionRules, type StatusContext } from '@apollo-deploy/k8s-status';
import { parseHealthRules } from './parse-health-rules.js';

/** How kinds are judged by the configuration of a spoke, asked before the built-in rules. */
export type HealthRules = NonNullable<StatusContext['rules']>;

/** The health rules are not to be had as things are; a person has to do what the message says. */
export class HealthRulesUnusable extends Error {
  override readonly name = 'HealthRulesUnusable';
}

/** The rules of a health rules file. Throws `HealthRulesUnusable`, one line for each problem. */
export async function readHealthRules(path: string): Promise<HealthRules> {
  const rules = parseHealthRules(await textOf(path));
  if (rules.ok) return conditionRules(rules.value);
  const lines = rules.error.map((problem) => `APOLLO_HEALTH_RULES_FILE ${path}: ${problem}`);
  throw new HealthRulesUnusable(lines.join('\n'));
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const message = `the file ${path} of health rules cannot be read; check APOLLO_HEALTH_RULES_FILE`;
    throw new HealthRulesUnusable(message, { cause: error });
  }
}
