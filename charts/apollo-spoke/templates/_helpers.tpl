{{- define "apollo-spoke.labels" -}}
app.kubernetes.io/name: apollo-spoke
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "apollo-spoke.selector" -}}
app.kubernetes.io/name: apollo-spoke
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- /* What acts in a namespace must not be able to change the spoke, nor the cluster's own parts. */ -}}
{{- define "apollo-spoke.namespaces" -}}
{{- range .Values.namespaces }}
{{- if or (eq . $.Release.Namespace) (eq . "kube-system") }}
{{- fail (printf "namespaces must not name %s: plans would act there by the rights of the spoke or of the cluster itself" .) }}
{{- end }}
{{- end }}
{{- join "," .Values.namespaces }}
{{- end }}
