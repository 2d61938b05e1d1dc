import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packChart } from '../../../../tools/pack-chart.mjs';

const CHART = `apiVersion: v2
name: every-kind
version: 1.0.0
`;

/**
 * One object of each common kind, written as people write charts: quantities and numbers as nobody
 * else writes them, empty and null fields, octal modes, ports without a protocol, an autoscaler.
 */
const MANIFEST = `
{{- $n := .Release.Namespace }}
apiVersion: v1
kind: ConfigMap
metadata: {name: web, labels: {app: web}, annotations: {example.com/tier: front}, creationTimestamp: null}
data: {MODE: loud, EMPTY: "", a.conf: "one\\ntwo\\n"}
---
apiVersion: v1
kind: Secret
metadata: {name: web}
type: Opaque
stringData: {password: {{ .Values.password | quote }}}
data: {token: c2VjcmV0}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: web}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{name: http, port: 80, targetPort: http}, {name: dns, port: 53, protocol: UDP}]
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: web}
spec: {accessModes: [ReadWriteOnce], storageClassName: "", resources: {requests: {storage: 1024Mi}}}
---
apiVersion: v1
kind: ResourceQuota
metadata: {name: web}
spec: {hard: {pods: "50", requests.cpu: 10000m}}
---
apiVersion: v1
kind: LimitRange
metadata: {name: web}
spec: {limits: [{type: Container, max: {memory: 8192Mi}}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}, annotations: {}}
spec:
  replicas: 2
  revisionHistoryLimit: 3
  selector: {matchLabels: {app: web}}
  strategy: {rollingUpdate: {maxSurge: "25%", maxUnavailable: 0}}
  template:
    metadata: {labels: {app: web}, creationTimestamp: null}
    spec:
      serviceAccountName: web
      hostNetwork: false
      nodeSelector: null
      tolerations: []
      topologySpreadConstraints:
        - {maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: ScheduleAnyway, labelSelector: {matchLabels: {app: web}}}
      initContainers: [{name: init, image: registry.example/init:1, command: [sh, -c, "true"]}]
      containers:
        - name: web
          image: registry.example/web:1
          args: [--port, "8080"]
          env:
            - {name: MODE, value: loud}
            - {name: POD, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
            - {name: EMPTY, value: ""}
          ports: [{name: http, containerPort: 8080}]
          readinessProbe: {httpGet: {path: /, port: http}}
          resources: {requests: {cpu: 0.05, memory: 0.0625Gi}, limits: {cpu: 1000m, memory: 131072Ki}}
          securityContext: {}
          volumeMounts: [{name: config, mountPath: /etc/web}, {name: tmp, mountPath: /tmp}]
        - {name: side, image: registry.example/side:1, resources: {}}
      volumes:
        - {name: config, configMap: {name: web, defaultMode: 0644}}
        - {name: tmp, emptyDir: {sizeLimit: 1024Mi}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  minReplicas: 1
  maxReplicas: 9
  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}]
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  replicas: 1
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: db, image: registry.example/db:1, volumeMounts: [{name: data, mountPath: /data}]}]}
  volumeClaimTemplates:
    - {metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec: {containers: [{name: agent, image: registry.example/agent:1, ports: [{containerPort: 9100}]}]}
---
apiVersion: batch/v1
kind: Job
metadata: {name: once}
spec:
  backoffLimit: 0
  template: {spec: {restartPolicy: Never, containers: [{name: once, image: registry.example/once:1}]}}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly}
spec:
  schedule: "0 3 * * *"
  jobTemplate: {spec: {template: {spec: {restartPolicy: OnFailure, containers: [{name: nightly, image: registry.example/nightly:1}]}}}}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web}
spec: {maxUnavailable: "50%", selector: {matchLabels: {app: web}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec:
  rules: [{host: web.example.com, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {name: http}}}}]}}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web}
spec: {podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress], ingress: [{ports: [{port: 8080}]}]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: web}
rules: [{apiGroups: [""], resources: [configmaps], verbs: [get, list]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: web}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: web}
subjects: [{kind: ServiceAccount, name: web}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: {{ $n }}}
rules: [{apiGroups: [""], resources: [nodes], verbs: [get]}]
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: {{ $n }}}
value: 1000
globalDefault: false
description: ""
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: {{ $n | replace "-" "" }}s.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: {{ $n | replace "-" "" }}s, kind: {{ $n | replace "-" "" | title }}}
  versions:
    - name: v1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {size: {type: integer, default: 3}}}}}}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: {{ $n }}}
webhooks:
  - name: web.example.com
    sideEffects: None
    admissionReviewVersions: [v1]
    failurePolicy: Ignore
    clientConfig: {service: {namespace: {{ $n }}, name: web, path: /}}
    namespaceSelector: {matchLabels: {nobody: has-this}}
    rules: [{apiGroups: ["example.com"], apiVersions: [v1], operations: [CREATE], resources: [things]}]
`;

/** How many objects the chart has. */
export const EVERY_KIND_OBJECTS = MANIFEST.split('\n---\n').length;

/** The chart `every-kind` 1.0.0, packed. */
export async function everyKindChart(): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'apollo-chart-'));
  try {
    await mkdir(join(folder, 'templates'));
    await writeFile(join(folder, 'Chart.yaml'), CHART);
    await writeFile(join(folder, 'values.yaml'), 'password: hunter2\n');
    await writeFile(join(folder, 'templates', 'all.yaml'), MANIFEST);
    return packChart(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
