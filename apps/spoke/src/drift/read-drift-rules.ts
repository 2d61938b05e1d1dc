import { readFile } from 'node:fs/promises';
import type { DriftRule } from './drift-rules.js';
import { parseDriftRules } from './parse-drift-rules.js';

/** The drift rules are not to be had as things are; a person has to do what the message says. */
export class DriftRulesUnusable extends Error {
  override readonly name = 'DriftRulesUnusable';
}

/** The rules of a drift rules file. Throws `DriftRulesUnusable`, one line for each problem. */
export async function readDriftRules(path: string): Promise<readonly DriftRule[]> {
  const rules = parseDriftRules(await textOf(path));
  if (rules.ok) return rules.value;
  const lines = rules.error.map((problem) => `APOLLO_DRIFT_RULES_FILE ${path}: ${problem}`);
  throw new DriftRulesUnusable(lines.join('\n'));
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const message = `the file ${path} of drift rules cannot be read; check APOLLO_DRIFT_RULES_FILE`;
    throw new DriftRulesUnusable(message, { cause: error });
  }
}
