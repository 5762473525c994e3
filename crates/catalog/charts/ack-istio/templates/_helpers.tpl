{{/* Labels of every object. Call with (dict "root" $ "app" "pilot"). */}}
{{- define "ack-istio.labels" -}}
app: {{ .app }}
chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
heritage: {{ .root.Release.Service }}
release: {{ .root.Release.Name }}
{{- end }}

{{/* An image of Istio. Call with (dict "root" $ "image" "pilot"). */}}
{{- define "ack-istio.image" -}}
{{- $global := .root.Values.global -}}
image: {{ printf "%s/%s:%s" $global.hub .image $global.tag | quote }}
imagePullPolicy: {{ $global.imagePullPolicy }}
{{- end }}

{{/* An image of another project. Call with (dict "root" $ "hub" "..." "image" "..." "tag" "..."). */}}
{{- define "ack-istio.foreign-image" -}}
image: {{ printf "%s/%s:%s" .hub .image .tag | quote }}
imagePullPolicy: {{ .root.Values.global.imagePullPolicy }}
{{- end }}

{{/* The settings that every pod has. Call with (dict "root" $ "nodeSelector" ...). */}}
{{- define "ack-istio.pod" -}}
{{- with .root.Values.global.imagePullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with .root.Values.global.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* The name, namespace and IP address of a pod, as environment variables. */}}
{{- define "ack-istio.pod-env" -}}
- name: POD_NAME
  valueFrom:
    fieldRef:
      fieldPath: metadata.name
- name: POD_NAMESPACE
  valueFrom:
    fieldRef:
      fieldPath: metadata.namespace
- name: INSTANCE_IP
  valueFrom:
    fieldRef:
      fieldPath: status.podIP
{{- end }}

{{/* The authentication between components of the control plane. */}}
{{- define "ack-istio.auth-policy" -}}
{{- if .Values.global.controlPlaneSecurityEnabled }}MUTUAL_TLS{{ else }}NONE{{ end }}
{{- end }}

{{/* A ServiceAccount. Call with (dict "root" $ "app" "pilot" "name" "..."). */}}
{{- define "ack-istio.service-account" -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .name }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "ack-istio.labels" . | nindent 4 }}
{{- with .root.Values.global.imagePullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end }}

{{/* A ClusterRoleBinding. Call with (dict "root" $ "app" "..." "name" "..." "role" "..." "account" "..."). */}}
{{- define "ack-istio.binding" -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: {{ .name }}
  labels:
    {{- include "ack-istio.labels" . | nindent 4 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: {{ .role }}
subjects:
  - kind: ServiceAccount
    name: {{ .account }}
    namespace: {{ .root.Release.Namespace }}
{{- end }}

{{/* A HorizontalPodAutoscaler, in the newest version that the cluster serves.
     Call with (dict "root" $ "app" "..." "name" "..." "values" ... "cpu" 80). */}}
{{- define "ack-istio.autoscaler" -}}
{{- $v2 := .root.Capabilities.APIVersions.Has "autoscaling/v2" -}}
apiVersion: {{ ternary "autoscaling/v2" "autoscaling/v1" $v2 }}
kind: HorizontalPodAutoscaler
metadata:
  name: {{ .name }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "ack-istio.labels" . | nindent 4 }}
spec:
  minReplicas: {{ .values.autoscaleMin | int }}
  maxReplicas: {{ .values.autoscaleMax | int }}
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: {{ .name }}
  {{- if $v2 }}
  metrics:
    - type: Resource
      resource:
        name: cpu
        target:
          type: Utilization
          averageUtilization: {{ .cpu }}
  {{- else }}
  targetCPUUtilizationPercentage: {{ .cpu }}
  {{- end }}
{{- end }}

{{/* A PodDisruptionBudget. Call with (dict "root" $ "app" "..." "name" "..." "selector" (dict ...)). */}}
{{- define "ack-istio.disruption-budget" -}}
apiVersion: {{ ternary "policy/v1" "policy/v1beta1" (.root.Capabilities.APIVersions.Has "policy/v1") }}
kind: PodDisruptionBudget
metadata:
  name: {{ .name }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "ack-istio.labels" . | nindent 4 }}
spec:
  maxUnavailable: 1
  selector:
    matchLabels:
      {{- toYaml .selector | nindent 6 }}
{{- end }}

{{/* The sidecar of a component of the control plane. Call with (dict "root" $ "cluster" "istio-pilot" "config" "pilot" "ports" (list ...)). */}}
{{- define "ack-istio.own-sidecar" -}}
- name: istio-proxy
  {{- include "ack-istio.image" (dict "root" .root "image" .root.Values.global.proxy.image) | nindent 2 }}
  args:
    - proxy
    - --serviceCluster
    - {{ .cluster }}
    - --templateFile
    - /etc/istio/proxy/envoy_{{ .config }}.yaml.tmpl
    - --controlPlaneAuthPolicy
    - {{ include "ack-istio.auth-policy" .root }}
  ports:
    {{- range .ports }}
    - containerPort: {{ . }}
    {{- end }}
  env:
    {{- include "ack-istio.pod-env" .root | nindent 4 }}
  resources:
    {{- toYaml .root.Values.global.proxy.resources | nindent 4 }}
  volumeMounts:
    - name: istio-certs
      mountPath: /etc/certs
      readOnly: true
    {{- if eq .config "policy" "telemetry" }}
    - name: uds-socket
      mountPath: /sock
    {{- end }}
{{- end }}

{{/* A volume with the certificates that Citadel issues for a ServiceAccount. */}}
{{- define "ack-istio.certs" -}}
- name: istio-certs
  secret:
    secretName: istio.{{ . }}
    optional: true
{{- end }}
