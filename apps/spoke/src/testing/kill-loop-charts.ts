import { readFile } from 'node:fs/promises';
import { packChart } from '@apollo-deploy/helm/testing';

/** What the objects of a release are called, after its name. */
export const OBJECT_SUFFIXES = ['a', 'b', 'c', 'd'] as const;
const OBJECTS = `{{- range (list ${OBJECT_SUFFIXES.map((suffix) => `"${suffix}"`).join(' ')}) }}
---
apiVersion: v1
kind: ConfigMap
metadata: { name: {{ $.Release.Name }}-{{ . }} }
data: { text: {{ $.Values.text | quote }} }
{{- end }}
`;
/** One Job for each thing Helm does, which the local cluster completes at once. */
const HOOKS = `{{- range (list "install" "upgrade" "rollback" "delete") }}
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ $.Release.Name }}-{{ . }}
  annotations: { helm.sh/hook: pre-{{ . }} }
spec:
  template:
    metadata: { annotations: { apollo.dev/behaviour: complete } }
    spec: { restartPolicy: Never, containers: [{ name: c, image: example.com/hook:1 }] }
{{- end }}
`;
const VERSIONS = ['1.0.0', '2.0.0', '3.0.0', '4.0.0'] as const;
/** Versions of the chart whose hooks run before whatever Helm does. */
const WITH_HOOKS: readonly string[] = ['3.0.0', '4.0.0'];

/** Versions of the chart `web`, by version: their archives. */
export async function packCharts(
  helm: string,
  directory: string,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const charts = new Map<string, Uint8Array>();
  for (const version of VERSIONS) {
    const files = { 'values.yaml': 'text: none\n', 'templates/all.yaml': OBJECTS };
    const hooks = hasHooks(version) ? { 'templates/hooks.yaml': HOOKS } : {};
    const source = { name: 'web', version, files: { ...files, ...hooks } };
    charts.set(version, await readFile(await packChart(helm, directory, source)));
  }
  return charts;
}

export function hasHooks(version: string): boolean {
  return WITH_HOOKS.includes(version);
}
