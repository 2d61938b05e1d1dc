{{- define "example.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
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
