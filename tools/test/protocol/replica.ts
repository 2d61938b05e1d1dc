import { join } from 'node:path';
import { HELLO } from '../../../apps/hub/src/testing/spokes/spoke-scene.js';
import { TestCredential } from '../../../apps/hub/src/testing/spokes/test-credential.js';
import { HubClient } from '../../../apps/hub/test/support/hub-client.js';
import { NodeProcess } from '../../../apps/hub/test/support/node-process.js';
import { freePorts } from '../../../apps/hub/test/support/test-system.js';

const MAIN = join(import.meta.dirname, '../../../apps/hub/dist/main.js');

/** A replica of the hub as people run it. */
export class Replica {
  private constructor(
    readonly process: NodeProcess,
    readonly port: number,
  ) {}

  static async start(folder: string, databaseUrl: string): Promise<Replica> {
    const [port = 0] = await freePorts(1);
    const env = { APOLLO_LOGIN: 'local', APOLLO_PORT: String(port), DATABASE_URL: databaseUrl };
    const replica = new Replica(
      new NodeProcess(MAIN, env, join(folder, `${String(port)}.log`)),
      port,
    );
    replica.process.start();
    await replica.client.ready();
    return replica;
  }

  /** Spoke `dev` of environment `dev` joins, accepted. */
  async joined(): Promise<TestCredential> {
    const { clusterUid } = HELLO;
    const joining = { spoke: 'dev', environment: 'dev', clusterUid };
    const { token } = await this.client.post('/api/v1/join-tokens', joining);
    return TestCredential.over(this.client.url, String(token));
  }

  get client(): HubClient {
    return new HubClient(`http://127.0.0.1:${String(this.port)}`);
  }
}
