import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HubClient } from './support/hub-client.js';
import { TestSystem } from './support/test-system.js';

describe('two hubs started at once on one empty database', () => {
  let system: TestSystem;
  beforeAll(async () => {
    system = await TestSystem.create({ hubs: 2, schema: false });
  });
  afterAll(() => system.stop());

  it('both come up, and what one writes the other shows', async () => {
    const clients = system.ports.map((port) => new HubClient(`http://127.0.0.1:${String(port)}`));
    for (const hub of system.hubs) hub.start();
    await Promise.all(clients.map((client) => client.ready()));
    const [first, second] = clients;
    await first?.post('/api/v1/environments', { name: 'dev', tier: 'development' });
    expect(await second?.get('/api/v1/environments')).toMatchObject({ items: [{ name: 'dev' }] });
  });
});
