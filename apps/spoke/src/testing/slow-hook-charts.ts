import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packChart } from '@apollo-deploy/helm/testing';

const CONFIG = `apiVersion: v1
kind: ConfigMap
metadata: { name: web }
data: { version: {{ .Chart.Version }} }
`;
/** Jobs that Helm waits for, each for so long that something can happen meanwhile. */
const HOOKS = `{{- range (list "upgrade" "delete") }}
---
apiVersion: batch/v1
kind: Job
metadata:
  name: before-{{ . }}
  annotations: { helm.sh/hook: pre-{{ . }} }
spec:
  template:
    metadata: { annotations: { apollo.dev/behaviour: complete, apollo.dev/run-for: 2s } }
    spec: { restartPolicy: Never, containers: [{ name: c, image: example.com/hook:1 }] }
{{- end }}
`;

/** The archive of the chart `web` in a version, with slow hooks before an upgrade and a removal. */
export async function slowHookChart(helm: string, version: string): Promise<Uint8Array> {
  const directory = await mkdtemp(join(tmpdir(), 'apollo-slow-hooks-'));
  try {
    const files = { 'templates/config.yaml': CONFIG, 'templates/hooks.yaml': HOOKS };
    return await readFile(await packChart(helm, directory, { name: 'web', version, files }));
  } finally {
    await rm(directory, { recursive: true });
  }
}
