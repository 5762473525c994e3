{{ define "h" }}
{{ .Values.nope.x | quote }}{{ end }}