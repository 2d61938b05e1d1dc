import { randomUUID } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HelmChartOperator, type HelmRunner, type ReleaseReader } from '@apollo-deploy/helm';
import { err, ok, type Result } from '@apollo-deploy/kernel';
import { HttpKubeApi, KubeConnection, type KubeRefusal, type Timer } from '@apollo-deploy/kube';
import type { Logger } from 'pino';
import type { Clock } from '../clock.js';
import type { OfferRefusal } from '../execution/offer-refusal.js';
import { type Deployer, DeployerGone } from './deployer.js';

export interface DeployerAccountOptions {
  /** Name of the service account that acts, the same in each namespace. */
  readonly account: string;
  readonly namespace: string;
  /** The spoke's own way to the cluster. */
  readonly connection: KubeConnection;
  /** Where the spoke asks for tokens of the account. */
  readonly tokens: Pick<HttpKubeApi, 'serviceAccountToken'>;
  readonly reader: ReleaseReader;
  /** A Helm that knows of no other credentials than this kubeconfig. */
  readonly helmWith: (kubeconfigPath: string) => HelmRunner;
  /** Where token and kubeconfig are kept. */
  readonly directory: string;
  readonly userAgent: string;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly log: Logger;
}

/** Who takes a token from somebody has it for so long at most. */
const LIFE_SECONDS = 3600;
const ASK_AGAIN_MS = 30_000;

/**
 * The service account of one namespace. From the first use on its token is renewed at half of its
 * life, also while a helm runs by it: Helm reads the file anew.
 */
export class DeployerAccount {
  private token = '';
  private renewAtMs = 0;
  private deployer: (Deployer & { readonly kube: HttpKubeApi }) | null = null;
  private renewing: Promise<OfferRefusal | null> | null = null;
  private cancelRenewal: () => void = () => undefined;
  private stopped = false;

  constructor(private readonly options: DeployerAccountOptions) {}

  /** Throws `KubeUnavailable` where the cluster cannot be asked for a token. */
  async ready(): Promise<Result<Deployer, OfferRefusal>> {
    const refusal = await this.freshen();
    if (refusal !== null) return err(refusal);
    this.deployer ??= await this.open();
    return ok(this.deployer);
  }

  /** Waits for a renewal that is under way. The token itself lives on until it ends. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.cancelRenewal();
    await Promise.allSettled([this.renewing]);
    this.deployer?.kube.close();
  }

  /** Null if there is a token with half of its life before it. */
  private async freshen(): Promise<OfferRefusal | null> {
    if (this.options.clock.now().getTime() < this.renewAtMs) return null;
    this.renewing ??= this.renew().finally(() => (this.renewing = null));
    return this.renewing;
  }

  private async renew(): Promise<OfferRefusal | null> {
    const { tokens, namespace, account: name, clock } = this.options;
    const askedAtMs = clock.now().getTime();
    const given = await tokens.serviceAccountToken({ namespace, name }, LIFE_SECONDS);
    if (!given.ok) return this.refusalOf(given.error);
    await this.write('token', given.value.token);
    this.token = given.value.token;
    const halfMs = (given.value.expiresAt.getTime() - askedAtMs) / 2;
    this.renewAtMs = askedAtMs + halfMs;
    this.renewAfter(halfMs);
    return null;
  }

  private renewAfter(delayMs: number): void {
    this.cancelRenewal();
    if (this.stopped) return;
    this.cancelRenewal = this.options.timer.after(Math.max(delayMs, 1000), () => {
      void this.freshen()
        .catch((error: unknown) => error)
        .then((trouble) => {
          if (trouble === null) return;
          const { log, namespace } = this.options;
          log.warn({ namespace, trouble }, 'the token of a deployer could not be renewed');
          this.renewAfter(ASK_AGAIN_MS);
        });
    });
  }

  private async open(): Promise<Deployer & { readonly kube: HttpKubeApi }> {
    const { connection, directory, helmWith, reader, userAgent } = this.options;
    const kubeconfig = await connection.kubeconfigFor(join(directory, 'token'));
    const helm = helmWith(await this.write('kubeconfig', kubeconfig));
    const own = { from: 'token', cluster: connection, token: () => this.freshToken() } as const;
    const kube = new HttpKubeApi(new KubeConnection(own), userAgent);
    return { kube, helm, operator: new HelmChartOperator({ kube, reader, helm }) };
  }

  private async freshToken(): Promise<string> {
    const refusal = await this.freshen();
    if (refusal !== null) throw new DeployerGone(refusal.message);
    return this.token;
  }

  /** So that whoever reads finds the whole of the old or the whole of the new. Answers the path. */
  private async write(name: string, text: string): Promise<string> {
    const { directory } = this.options;
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const path = join(directory, name);
    const draft = `${path}.${randomUUID()}`;
    await writeFile(draft, text, { mode: 0o600, flag: 'wx' });
    await rename(draft, path);
    return path;
  }

  private refusalOf({ code, message }: KubeRefusal): OfferRefusal {
    const { account, namespace } = this.options;
    const cure = `name ${namespace} in the values of the chart apollo-spoke (namespaces) and upgrade it`;
    const why =
      code === 'kube/not_found'
        ? `namespace ${namespace} has no service account ${account}, by which plans are carried out there`
        : `this spoke may not act as service account ${account} of namespace ${namespace}: ${message}`;
    return { reason: 'NoDeployer', message: `${why}; ${cure}` };
  }
}
