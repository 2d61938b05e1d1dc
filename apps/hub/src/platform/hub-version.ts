import { readFileSync } from 'node:fs';

const MANIFEST = new URL('../../package.json', import.meta.url);

/** The version of this hub, as its package states it. */
export const HUB_VERSION = (JSON.parse(readFileSync(MANIFEST, 'utf8')) as { version: string })
  .version;
