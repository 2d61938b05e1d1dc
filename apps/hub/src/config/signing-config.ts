import { resolve } from 'node:path';
import { type Given, PATH, type Settings } from './setting.js';

/** What this replica signs plans with. */
export interface SigningConfig {
  /** Empty = this replica signs no plans. */
  readonly signingKeyFiles: readonly string[];
}

export const SIGNING_SETTINGS = {
  APOLLO_SIGNING_KEY_FILE: {
    schema: PATH,
    accepted:
      'the path of a file with an Ed25519 private key (PEM) that only its owner may read, or several, separated by commas',
  },
} as const satisfies Settings;

export function signingConfigOf(
  given: Given<keyof typeof SIGNING_SETTINGS>,
  directory: string,
): SigningConfig {
  const paths = given.get('APOLLO_SIGNING_KEY_FILE')?.split(',') ?? [];
  return { signingKeyFiles: paths.map((path) => resolve(directory, path.trim())) };
}
