{{- define "greet" -}}
hello {{ . }}
{{- end -}}
{{- define "full" -}}
{{ .Release.Name }}-{{ .Chart.Name }}
{{- end -}}
{{- define "empty" -}}
{{- end -}}
{{- define "breaks" -}}
{{ .nope.deeper }}
{{- end -}}
