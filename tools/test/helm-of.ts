import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Looks at releases in one cluster of a system that `npm start` made, by Helm itself. */
export class HelmOf {
  /** `home`: the folder of the system. */
  constructor(
    private readonly home: string,
    private readonly cluster: string,
  ) {}

  /**
   * Such as `2 deployed web-1.1.0`, oldest first, of the release in the namespace of its name; empty
   * where there is none.
   */
  async history(release: string): Promise<readonly string[]> {
    try {
      const revisions = (await this.ask('history', release)) as readonly {
        readonly revision: number;
        readonly status: string;
        readonly chart: string;
      }[];
      return revisions.map((one) => `${String(one.revision)} ${one.status} ${one.chart}`);
    } catch (error) {
      if (String(error).includes('not found')) return [];
      throw error;
    }
  }

  /** The values that its newest revision was given. */
  async values(release: string): Promise<unknown> {
    return (await this.ask('get', 'values', release)) ?? {};
  }

  private async ask(...command: [...string[], string]): Promise<unknown> {
    const { home, cluster } = this;
    const namespace = command.at(-1) ?? '';
    const { stdout } = await run(
      join(home, 'bin/helm'),
      [...command, `--namespace=${namespace}`, '--output=json'],
      { env: { ...process.env, KUBECONFIG: join(home, 'clusters', cluster, 'kubeconfig') } },
    );
    return JSON.parse(stdout);
  }
}
