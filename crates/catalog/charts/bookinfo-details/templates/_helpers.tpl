{{/* Labels of every object. */}}
{{- define "bookinfo-details.labels" -}}
app: details
chart: {{ .Chart.Name }}-{{ .Chart.Version }}
heritage: {{ .Release.Service }}
release: {{ .Release.Name }}
{{- end }}
