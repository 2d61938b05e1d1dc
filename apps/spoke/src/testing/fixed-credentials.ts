import type { Credentials } from '../hub-link/credentials.js';

/** Shows the same text every time, for hubs that do not look. */
export function fixedCredentials(text: string): Credentials {
  return {
    token: () => Promise.resolve(text),
    refused: () => false,
    welcomed: () => Promise.resolve(null),
    stored: () => Promise.resolve(),
  };
}
