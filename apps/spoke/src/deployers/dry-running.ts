import { err } from '@apollo-deploy/kernel';
import type { KubeApi } from '@apollo-deploy/kube';
import type { Deployers } from './deployer.js';

type Asking = Pick<KubeApi, 'get' | 'replace'>;

/** Looks by the spoke's own rights, and tries changes out by those of who would make them. */
export function dryRunning(kube: Asking, deployers: Deployers): Asking {
  return {
    get: (ref) => kube.get(ref),
    replace: async (object, options) => {
      const { namespace } = object.metadata;
      if (namespace === undefined) return kube.replace(object, options);
      const deployer = await deployers.of(namespace);
      if (deployer.ok) return deployer.value.kube.replace(object, options);
      const { message } = deployer.error;
      return err({ code: 'kube/forbidden', status: 403, reason: 'Forbidden', message, causes: [] });
    },
  };
}
