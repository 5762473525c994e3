{{ define "h" }}
{{ required "give a name" .Values.name }}{{ end }}