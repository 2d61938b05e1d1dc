import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { packChart } from '../../../../tools/pack-chart.mjs';

/** What the pods of a test chart do; the annotations of the local cluster's pods. */
export interface ChartBehaviour {
  readonly behaviour?: 'never-ready' | 'crash-loop' | 'image-pull';
  readonly readyAfter?: string;
  /** What ran goes before what comes: the strategy of the Deployment is Recreate. */
  readonly recreate?: boolean;
  /** How long pods may take to get ready before the Deployment gives up, in seconds. */
  readonly patienceSeconds?: number;
  /** ConfigMaps beside the Deployment; 60 and more make Helm run for seconds. */
  readonly configMaps?: number;
}

/** The bytes of a chart with one Deployment named as the release, and `note` as its one value. */
export async function testChart(
  name: string,
  version: string,
  chart: ChartBehaviour = {},
): Promise<Buffer> {
  const { behaviour, readyAfter, configMaps = 0 } = chart;
  const annotations = [
    ...(behaviour === undefined ? [] : [`apollo.dev/behaviour: ${behaviour}`]),
    ...(behaviour === 'crash-loop' ? ['apollo.dev/run-for: 1s', 'apollo.dev/back-off: 2s'] : []),
    ...(readyAfter === undefined ? [] : [`apollo.dev/ready-after: ${readyAfter}`]),
    `test/version: "${version}"`,
  ];
  const folder = await mkdtemp(join(tmpdir(), 'apollo-chart-'));
  try {
    await write(folder, 'Chart.yaml', `apiVersion: v2\nname: ${name}\nversion: ${version}\n`);
    await write(folder, 'values.yaml', 'note: none\nreplicas: 1\n');
    await write(folder, 'templates/deployment.yaml', deployment(annotations, chart));
    if (configMaps > 0) await write(folder, 'templates/many.yaml', many(configMaps, version));
    return packChart(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function write(folder: string, path: string, text: string): Promise<void> {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}

function deployment(
  annotations: readonly string[],
  { recreate = false, patienceSeconds = 60 }: ChartBehaviour,
): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  replicas: {{ .Values.replicas }}
  progressDeadlineSeconds: ${String(patienceSeconds)}
  strategy: {type: ${recreate ? 'Recreate' : 'RollingUpdate'}}
  selector:
    matchLabels: {app: {{ .Release.Name }}}
  template:
    metadata:
      labels: {app: {{ .Release.Name }}}
      annotations:
        test/note: {{ .Values.note | quote }}
${annotations.map((line) => `        ${line}`).join('\n')}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - name: main
        image: registry.invalid/${'{{ .Chart.Name }}'}:${'{{ .Chart.Version }}'}
`;
}

function many(count: number, version: string): string {
  return `{{- range $n := until ${String(count)} }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ $.Release.Name }}-{{ $n }}
data:
  version: "${version}"
{{- end }}
`;
}
