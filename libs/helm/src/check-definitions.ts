import {
  describeRef,
  refOf,
  type KubeApi,
  type KubeObject,
  type KubeRefusal,
  type ManifestDocument,
} from '@apollo-deploy/kube';
import { AccountRights } from './account-rights.js';
import type { PreflightFinding } from './check-objects.js';
import type { HelmCommand } from './helm-command.js';
import type { HelmVersion } from './helm-version.js';
import { rightsCure } from './rights-cure.js';
import { sameDefinition } from './same-definition.js';

const NAMED = 5;
const HAND = 'apply them by hand, for example with kubectl apply --server-side';

type Fate = 'same' | 'differs' | 'missing' | 'unseen';

/**
 * What Helm does with the kinds of a chart's `crds` folder: an installation defines them, Helm 4 also
 * those that are there already, and after that neither Helm does anything about them. Throws
 * `KubeUnavailable`.
 */
export async function checkDefinitions(
  kube: KubeApi,
  documents: readonly ManifestDocument[],
  { verb, version }: { readonly verb: HelmCommand['verb']; readonly version: HelmVersion },
): Promise<readonly PreflightFinding[]> {
  if (documents.length === 0) return [];
  const seen = await Promise.all(
    documents.map(async (document) => ({ document, fate: await fateOf(kube, document.object) })),
  );
  const of = (...fates: Fate[]): readonly ManifestDocument[] =>
    seen.filter(({ fate }) => fates.includes(fate)).map(({ document }) => document);
  if (verb !== 'install') {
    return [
      ...told('left', of('differs')),
      ...told('missing', of('missing')),
      ...told('unseen', of('unseen')),
    ];
  }
  if (version.major >= 4) {
    return [...told('changed', of('differs')), ...(await tried(kube, documents, true))];
  }
  const notes = [...told('left', of('differs')), ...told('unseen', of('unseen'))];
  return [
    ...notes,
    ...(await mayNotDefine(kube, documents)),
    ...(await tried(kube, of('missing'), false)),
  ];
}

async function fateOf(kube: KubeApi, wanted: KubeObject): Promise<Fate> {
  const live = await kube.get(refOf(wanted));
  if (live.ok) return sameDefinition(wanted, live.value) ? 'same' : 'differs';
  return live.error.code === 'kube/not_found' ? 'missing' : 'unseen';
}

/** Helm 3 tries to create those that are there already, too. */
async function mayNotDefine(
  kube: KubeApi,
  documents: readonly ManifestDocument[],
): Promise<readonly PreflightFinding[]> {
  const [first] = documents;
  const resource = first && (await kube.resources()).find(first.object);
  if (first === undefined || resource === undefined) return [];
  const rights = new AccountRights(kube);
  if (await rights.may({ verb: 'create', resource, namespace: undefined })) return [];
  const message = `the spoke may not create ${resource.plural}, which Helm does for the kinds of the chart's crds folder; give its account the right to create ${resource.plural} of the cluster, or take the folder out of the chart`;
  return [blocked(first, { code: 'kube/forbidden', message, causes: [] })];
}

/** What the server says to the definitions. `applies`: Helm will apply them, and not merely create. */
async function tried(
  kube: KubeApi,
  documents: readonly ManifestDocument[],
  applies: boolean,
): Promise<readonly PreflightFinding[]> {
  const findings = await Promise.all(
    documents.map(async (document) => {
      const { object, yaml } = document;
      const options = { fieldManager: 'helm', force: !applies, dryRun: true };
      const answer = await kube.apply(object, { ...options, ...(yaml !== null && { yaml }) });
      if (answer.ok || (!applies && answer.error.code === 'kube/forbidden')) return null;
      return blocked(document, answer.error);
    }),
  );
  return findings.filter((finding) => finding !== null);
}

function blocked(
  { object }: ManifestDocument,
  refusal: Pick<KubeRefusal, 'code' | 'message' | 'causes'>,
): PreflightFinding {
  const { code, message, causes } = refusal;
  const ref = refOf(object);
  const said = `${describeRef(ref)}: ${message}${rightsCure(refusal)}`;
  return { ref, code, field: causes[0]?.field ?? null, message: said, severity: 'blocking' };
}

const SAID = {
  left: (names) =>
    `Helm has left ${names} as it was in the cluster, and the chart's crds folder defines it otherwise; ${HAND}`,
  changed: (names) =>
    `Helm 4 has changed the definition of ${names} to that of the chart's crds folder, for all its users in the cluster; look whether they can live with it`,
  missing: (names) =>
    `Helm has not defined ${names} of the chart's crds folder, which it does with an installation only; ${HAND}`,
  unseen: (names) =>
    `Helm changes no definition that is there, and the spoke may not look whether ${names} of the chart's crds folder is as the chart has it; compare by hand`,
} as const satisfies Record<string, (names: string) => string>;

function told(
  what: keyof typeof SAID,
  documents: readonly ManifestDocument[],
): readonly PreflightFinding[] {
  const [first] = documents;
  if (first === undefined) return [];
  const named = documents.slice(0, NAMED).map(({ object }) => object.metadata.name);
  const more = documents.length > NAMED ? ` and ${String(documents.length - NAMED)} more` : '';
  const message = SAID[what](`${named.join(', ')}${more}`);
  const code = 'helm/definitions';
  return [{ ref: refOf(first.object), code, field: null, message, severity: 'noted' }];
}
