import { stopTestServices } from './test-services.mjs';

/** Stops what the setup started; jest calls it once, after the last test file. */
export default async function globalTeardown() {
  await stopTestServices();
}
