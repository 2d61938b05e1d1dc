{{- define "example.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{/* The pods of one of the two workloads; `track` is stable or candidate. */}}
{{- define "example.trackSelector" -}}
{{ include "example.selector" .root }}
example.com/track: {{ .track }}
{{- end }}

{{- define "example.labels" -}}
{{ include "example.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{/* What pods do on a local cluster; other clusters ignore these annotations. */}}
{{- define "example.behaviour" -}}
{{- with .Values.behaviour }}
apollo.dev/behaviour: {{ . | quote }}
{{- end }}
{{- with .Values.readyAfter }}
apollo.dev/ready-after: {{ . | quote }}
{{- end }}
{{- with .Values.runFor }}
apollo.dev/run-for: {{ . | quote }}
{{- end }}
{{- with .Values.backOff }}
apollo.dev/back-off: {{ . | quote }}
{{- end }}
{{- with .Values.degradeAfter }}
apollo.dev/degrade-after: {{ . | quote }}
{{- end }}
{{- with .Values.stopAfter }}
apollo.dev/stop-after: {{ . | quote }}
{{- end }}
{{- end }}

{{/* The whole number at or above this share, in percent, of all replicas. */}}
{{- define "example.share" -}}
{{ div (add (mul (int .root.Values.replicas) (int .percent)) 99) 100 }}
{{- end }}

{{/*
How pods are replaced: all at once where the values say so. The other way is said in full: what the API
server sets by default belongs to nobody, stays, and is refused beside Recreate.
*/}}
{{- define "example.updateStrategy" -}}
{{- if eq (.Values.apollo.rollout.strategy | default "") "immediate" -}}
type: Recreate
{{- else -}}
type: RollingUpdate
rollingUpdate:
  maxSurge: 25%
  maxUnavailable: 25%
{{- end }}
{{- end }}

{{/*
One of the two workloads: `track`, `version`, `replicas`. Its pods depend on nothing else that differs
between versions, so that those of the stable one stay when a candidate comes beside them.
*/}}
{{- define "example.workload" -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .name | quote }}
  labels: {{- include "example.labels" .root | nindent 4 }}
spec:
  replicas: {{ .replicas }}
  progressDeadlineSeconds: {{ .root.Values.progressDeadlineSeconds }}
  strategy: {{- include "example.updateStrategy" .root | nindent 4 }}
  selector:
    matchLabels: {{- include "example.trackSelector" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "example.trackSelector" . | nindent 8 }}
        app.kubernetes.io/version: {{ .version | quote }}
      annotations:
        checksum/config: {{ toJson .root.Values.config | sha256sum }}
        {{- with include "example.behaviour" .root | trim }}
        {{- . | nindent 8 }}
        {{- end }}
    spec:
      serviceAccountName: {{ .root.Release.Name | quote }}
      terminationGracePeriodSeconds: 1
      containers:
        - name: {{ .root.Chart.Name }}
          image: {{ printf "%s:%s" .root.Values.image .version | quote }}
          ports:
            - name: http
              containerPort: {{ .root.Values.port }}
          envFrom:
            - configMapRef:
                name: {{ .root.Release.Name | quote }}
          readinessProbe:
            httpGet:
              path: /healthz
              port: http
          resources: {{- toYaml .root.Values.resources | nindent 12 }}
{{- end }}
