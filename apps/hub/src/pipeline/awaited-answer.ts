import { type Deployment, hasEnded } from '@apollo-deploy/domain';
import { InvariantViolation } from '@apollo-deploy/kernel';
import {
  type Context,
  type FollowTools,
  showDeployment,
  type ShownDeployment,
} from '@apollo-deploy/orchestration';
import type { Response } from 'express';
import type { HubRequest } from '../http/hub-request.js';
import type { DeploymentWaits } from './deployment-waits.js';
import { preferredWait, type WaitPreference } from './prefer-wait.js';

/** Answers requests for deployments: with their end, or with how far they have come by then. */
export class AwaitedAnswer {
  constructor(
    private readonly context: Context,
    private readonly tools: FollowTools,
    private readonly waits: Pick<DeploymentWaits, 'waitFor'>,
  ) {}

  /**
   * Asks for a deployment and waits for its end, as long as `Prefer` says. One that is under way then
   * is answered with 202, and with the address to look at. How long is read first: nothing is asked for
   * by a request that is refused. Nothing is asked for either, and `asked` is absent, where the same
   * request has made its deployment before and its answer was not kept.
   */
  async of<T extends { readonly deployment: Deployment }>(
    prefer: string | undefined,
    response: Response,
    ask: () => Promise<T>,
  ): Promise<{ readonly asked?: T; readonly shown: ShownDeployment }> {
    const preference = preferredWait(prefer);
    const { underWay } = response.req as HubRequest;
    const asked = underWay === undefined ? await ask() : undefined;
    const id = asked?.deployment.id ?? underWay ?? '';
    const shown = await this.ended(id, preference, response);
    if (preference.applied !== undefined) {
      response.setHeader('Preference-Applied', preference.applied);
    }
    response.setHeader('Location', `/api/v1/deployments/${shown.deployment.id}`);
    if (!hasEnded(shown.deployment.status)) response.status(202);
    return { shown, ...(asked !== undefined && { asked }) };
  }

  private async ended(
    id: string,
    { seconds }: WaitPreference,
    response: Response,
  ): Promise<ShownDeployment> {
    const gone = new AbortController();
    const leave = (): void => {
      gone.abort();
    };
    response.once('close', leave);
    if (response.destroyed) leave();
    await this.waits.waitFor(id, seconds * 1000, gone.signal);
    response.off('close', leave);
    const shown = await showDeployment(this.context, id, this.tools);
    if (shown === undefined) throw new InvariantViolation(`deployment ${id} is gone`);
    return shown;
  }
}
