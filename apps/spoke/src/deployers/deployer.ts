import { HelmChartOperator, type HelmRunner, type ReleaseReader } from '@apollo-deploy/helm';
import { ok, type Result } from '@apollo-deploy/kernel';
import type { KubeApi } from '@apollo-deploy/kube';
import type { OfferRefusal } from '../execution/offer-refusal.js';

/** By whose rights plans are tried out and carried out. */
export interface Deployer {
  readonly kube: KubeApi;
  readonly helm: HelmRunner;
  readonly operator: Pick<HelmChartOperator, 'operate'>;
}

export interface Deployers {
  /**
   * Who acts in this namespace; refused where nobody may, with what a person has to do. Throws
   * `KubeUnavailable` where the cluster cannot be asked.
   */
  of(namespace: string): Promise<Result<Deployer, OfferRefusal>>;
}

/** Who acts in this namespace was there when the plan was tried out, and is not any more. */
export class DeployerGone extends Error {
  override readonly name = 'DeployerGone';
  readonly retryable = true;
}

/** Everything is done by the rights of one account, as where no others are set up. */
export function sameEverywhere(kube: KubeApi, reader: ReleaseReader, helm: HelmRunner): Deployers {
  const deployer = { kube, helm, operator: new HelmChartOperator({ kube, reader, helm }) };
  return { of: () => Promise.resolve(ok(deployer)) };
}
