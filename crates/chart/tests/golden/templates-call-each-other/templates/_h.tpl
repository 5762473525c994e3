{{- define "c.a" -}}a({{ . }}){{- end -}}
{{- define "c.b" }}{{ template "c.a" .x }}{{ include "c.a" .y | upper }}{{ end }}
{{- define "c.ctx" }}{{ .root.Values.s }}-{{ .n }}{{ end }}