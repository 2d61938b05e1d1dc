import { startTestServices } from './test-services.mjs';

/** Starts what the level needs; jest calls it once, before the first test file. */
export default async function globalSetup() {
  await startTestServices(process.env['APOLLO_TEST_LEVEL'] ?? 'unit');
}
