import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Result } from '@apollo-deploy/kernel';
import type { OfferRefusal } from '../execution/offer-refusal.js';
import { DeployerAccount, type DeployerAccountOptions } from './deployer-account.js';
import type { Deployer, Deployers } from './deployer.js';

/**
 * One service account in each namespace acts there, by tokens that the spoke asks for and that end
 * within the hour. So nothing of a chart, no template, hook or `lookup`, has the rights of the spoke,
 * nor those of another namespace. The spoke itself may then only look.
 */
export class DeployerAccounts implements Deployers {
  private readonly accounts = new Map<string, DeployerAccount>();

  /** `directory`: a folder of this object's own. */
  constructor(private readonly options: Omit<DeployerAccountOptions, 'namespace'>) {}

  /** Deletes the tokens of an earlier process; to be called before anything else. */
  clearLeftovers(): Promise<void> {
    return rm(this.options.directory, { recursive: true, force: true });
  }

  of(namespace: string): Promise<Result<Deployer, OfferRefusal>> {
    const { directory } = this.options;
    const known = this.accounts.get(namespace);
    const account =
      known ??
      new DeployerAccount({
        ...this.options,
        namespace,
        directory: join(directory, namespace),
      });
    this.accounts.set(namespace, account);
    return account.ready();
  }

  /** Deletes the tokens; what still runs ends when its token does. */
  async stop(): Promise<void> {
    await Promise.all([...this.accounts.values()].map((account) => account.stop()));
    this.accounts.clear();
    await this.clearLeftovers();
  }
}
