{{/* Labels of every object. Call with (dict "root" $ "app" "reviews"). */}}
{{- define "bookinfo.labels" -}}
app: {{ .app }}
chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
heritage: {{ .root.Release.Service }}
release: {{ .root.Release.Name }}
{{- end }}

{{/* The Service of a component. Call with (dict "root" $ "app" "reviews"). */}}
{{- define "bookinfo.service" -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ .app }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "bookinfo.labels" . | nindent 4 }}
    service: {{ .app }}
spec:
  selector:
    app: {{ .app }}
  ports:
    - name: http
      port: 9080
{{- end }}

{{/* The ServiceAccount of a component. Call with (dict "root" $ "app" "reviews"). */}}
{{- define "bookinfo.account" -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: bookinfo-{{ .app }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "bookinfo.labels" . | nindent 4 }}
    account: {{ .app }}
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end }}

{{/* The Deployment of one version of a component. Call with (dict "root" $ "app" "reviews" "version" "v1" "replicas" 1
"resources" ...), and optionally "annotations", "env" and "folders" (name: path; deleted with the pod). */}}
{{- define "bookinfo.deployment" -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .app }}-{{ .version }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "bookinfo.labels" . | nindent 4 }}
    version: {{ .version }}
spec:
  replicas: {{ .replicas | int }}
  selector:
    matchLabels:
      app: {{ .app }}
      version: {{ .version }}
  template:
    metadata:
      labels:
        app: {{ .app }}
        version: {{ .version }}
      {{- with .annotations }}
      annotations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
    spec:
      serviceAccountName: bookinfo-{{ .app }}
      containers:
        - name: {{ .app }}
          {{- with .root.Values.image }}
          image: {{ printf "%s/examples-bookinfo-%s-%s:%s" .hub $.app $.version .tag | quote }}
          imagePullPolicy: {{ .pullPolicy }}
          {{- end }}
          {{- with .env }}
          env:
            {{- range $name, $value := . }}
            - name: {{ $name }}
              value: {{ $value | quote }}
            {{- end }}
          {{- end }}
          ports:
            - containerPort: 9080
          resources:
            {{- toYaml .resources | nindent 12 }}
          {{- with .folders }}
          volumeMounts:
            {{- range $name, $path := . }}
            - name: {{ $name }}
              mountPath: {{ $path }}
            {{- end }}
          {{- end }}
      {{- with .folders }}
      volumes:
        {{- range $name, $path := . }}
        - name: {{ $name }}
          emptyDir: {}
        {{- end }}
      {{- end }}
{{- end }}
