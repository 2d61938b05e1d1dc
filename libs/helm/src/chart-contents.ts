import type { KubeObject } from '@apollo-deploy/kube';

/** What a chart makes itself, so that nothing can be known of it beforehand. */
export interface Brought {
  /** As `apiVersion kind`. */
  readonly kinds: ReadonlySet<string>;
  readonly namespaces: ReadonlySet<string>;
}

type Fields = Readonly<Record<string, unknown>>;

/** The kinds and namespaces that the objects of a chart bring with them. */
export function broughtBy(objects: readonly KubeObject[]): Brought {
  const ofKind = (kind: string): KubeObject[] => objects.filter((object) => object.kind === kind);
  return {
    kinds: new Set(ofKind('CustomResourceDefinition').flatMap(kindsOf)),
    namespaces: new Set(ofKind('Namespace').map(({ metadata }) => metadata.name)),
  };
}

/** For example `['pre-install', 'pre-upgrade']`; empty for what is no hook. */
export function hookEventsOf({ metadata }: KubeObject): string[] {
  const events = metadata.annotations?.['helm.sh/hook'];
  return events === undefined ? [] : events.split(',').map((event) => event.trim());
}

/** True for what Helm rendered from the chart's `crds` folder, going by its comment. */
export function isFromCrdsFolder(yaml: string | null): boolean {
  return yaml !== null && /^# Source: \S+\/crds\//m.test(yaml);
}

function kindsOf(definition: KubeObject): string[] {
  const { group, names, versions } = fieldsOf(definition['spec']);
  const { kind } = fieldsOf(names);
  if (typeof group !== 'string' || typeof kind !== 'string' || !Array.isArray(versions)) return [];
  return versions
    .map((version) => fieldsOf(version)['name'])
    .filter((name) => typeof name === 'string')
    .map((name) => `${group}/${name} ${kind}`);
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
