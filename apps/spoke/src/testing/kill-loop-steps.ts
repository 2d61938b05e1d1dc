import type { OfferedContent } from '@apollo-deploy/protocol';
import type { SeenRequest } from './kill-front.js';

export type PlanType = OfferedContent['type'];

/** What is killed: the spoke with its helm, the helm alone, or the spoke while its helm lives on. */
export type Victim = 'spoke' | 'helm' | 'spoke without its helm';

const STEPS_OF_THE_SPOKE = [
  'reads the ledger',
  'looks at the release',
  'tries the plan out',
  'claims the release',
  'enters helm',
  'enters verifying',
  'writes the verdict',
] as const;
const STEPS_OF_HELM = ['begins', 'runs a hook', 'changes objects', 'ends'] as const;

/** One step of carrying a plan out, as the API server sees it. */
export type KillStep =
  `spoke ${(typeof STEPS_OF_THE_SPOKE)[number]}` | `helm ${(typeof STEPS_OF_HELM)[number]}`;

/** The steps of a plan of this type in which this victim is there to be killed. */
export function stepsOf(victim: Victim, type: PlanType, hooks: boolean): readonly KillStep[] {
  const ofHelm = STEPS_OF_HELM.map((step): KillStep => `helm ${step}`);
  const ofSpoke = STEPS_OF_THE_SPOKE.map((step): KillStep => `spoke ${step}`);
  const all = victim === 'helm' ? ofHelm : [...ofSpoke, ...ofHelm];
  return all.filter((step) => {
    if (step === 'helm runs a hook') return hooks;
    // A removal brings nothing that could be tried out.
    return step !== 'spoke tries the plan out' || type !== 'uninstall';
  });
}

/** Which step of a plan of this type a request is; null if none. */
export function stepOf(request: SeenRequest, type: PlanType): KillStep | null {
  return request.by === 'spoke' ? stepOfSpoke(request) : stepOfHelm(request, type);
}

function stepOfSpoke({ method, url, body }: SeenRequest): KillStep | null {
  const isWatch = url.searchParams.has('watch');
  if (/\/configmaps\/apollo-ledger-/.test(url.pathname) && method === 'GET' && !isWatch) {
    return 'spoke reads the ledger';
  }
  if (method === 'GET') {
    const isRelease = /\/namespaces\/[^/]+\/secrets/.test(url.pathname);
    return isRelease && !isWatch ? 'spoke looks at the release' : null;
  }
  if (url.searchParams.has('dryRun')) return 'spoke tries the plan out';
  return stepOfLedger(body);
}

interface WrittenLedger {
  readonly claim: null | {
    readonly verifyingSince?: string;
    readonly holder: { readonly helm?: unknown };
  };
}

function stepOfLedger(body: string): KillStep | null {
  const text = ledgerIn(body);
  if (text === undefined) return null;
  const { claim } = JSON.parse(text) as WrittenLedger;
  if (claim === null) return 'spoke writes the verdict';
  if (claim.verifyingSince !== undefined) return 'spoke enters verifying';
  return claim.holder.helm === undefined ? 'spoke claims the release' : 'spoke enters helm';
}

function ledgerIn(body: string): string | undefined {
  if (!body.startsWith('{')) return undefined;
  const object = JSON.parse(body) as { readonly data?: { readonly ledger?: string } };
  return object.data?.ledger;
}

function stepOfHelm({ method, url }: SeenRequest, type: PlanType): KillStep | null {
  if (method === 'GET' || url.searchParams.has('dryRun')) return null;
  // Helm 3 makes a Job by POST, Helm 4 by applying it.
  if (url.pathname.includes('/jobs')) return method === 'DELETE' ? null : 'helm runs a hook';
  if (url.pathname.includes('/configmaps')) return 'helm changes objects';
  if (!url.pathname.includes('/secrets')) return null;
  // A removal begins where others end, by a change of the head.
  const isFirst = type === 'uninstall' ? method === 'PUT' : method === 'POST';
  return isFirst ? 'helm begins' : 'helm ends';
}
