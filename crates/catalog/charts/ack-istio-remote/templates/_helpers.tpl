{{/* Labels of every object. Call with (dict "root" $ "app" "pilot"). */}}
{{- define "ack-istio-remote.labels" -}}
app: {{ .app }}
chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
heritage: {{ .root.Release.Service }}
release: {{ .root.Release.Name }}
{{- end }}

{{/* An image of Istio. Call with (dict "root" $ "image" "pilot"). */}}
{{- define "ack-istio-remote.image" -}}
{{- $global := .root.Values.global -}}
image: {{ printf "%s/%s:%s" $global.hub .image $global.tag | quote }}
imagePullPolicy: {{ $global.imagePullPolicy }}
{{- end }}

{{/* An image of another project. Call with (dict "root" $ "hub" "..." "image" "..." "tag" "..."). */}}
{{- define "ack-istio-remote.foreign-image" -}}
image: {{ printf "%s/%s:%s" .hub .image .tag | quote }}
imagePullPolicy: {{ .root.Values.global.imagePullPolicy }}
{{- end }}

{{/* The settings that every pod has. Call with (dict "root" $ "nodeSelector" ...). */}}
{{- define "ack-istio-remote.pod" -}}
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
{{- define "ack-istio-remote.pod-env" -}}
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
{{- define "ack-istio-remote.auth-policy" -}}
{{- if .Values.global.controlPlaneSecurityEnabled }}MUTUAL_TLS{{ else }}NONE{{ end }}
{{- end }}

{{/* A ServiceAccount. Call with (dict "root" $ "app" "pilot" "name" "..."). */}}
{{- define "ack-istio-remote.service-account" -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .name }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "ack-istio-remote.labels" . | nindent 4 }}
{{- with .root.Values.global.imagePullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end }}

{{/* A ClusterRoleBinding. Call with (dict "root" $ "app" "..." "name" "..." "role" "..." "account" "..."). */}}
{{- define "ack-istio-remote.binding" -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: {{ .name }}
  labels:
    {{- include "ack-istio-remote.labels" . | nindent 4 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: {{ .role }}
subjects:
  - kind: ServiceAccount
    name: {{ .account }}
    namespace: {{ .root.Release.Namespace }}
{{- end }}

{{/* "yes" when the argument is an IP address and not a host name. */}}
{{- define "ack-istio-remote.is-ip" -}}
{{- if or (regexMatch "^[0-9]+[.][0-9]+[.][0-9]+[.][0-9]+$" .) (contains ":" .) }}yes{{ end }}
{{- end }}

{{/* The address of Pilot, which is required. */}}
{{- define "ack-istio-remote.pilot" -}}
{{- $address := required "global.remotePilotAddress is empty: give it the address of Pilot in the control plane's cluster" .Values.global.remotePilotAddress -}}
{{- if and .Values.global.remotePilotCreateSvcEndpoint (not (include "ack-istio-remote.is-ip" $address)) -}}
{{- fail (printf "global.remotePilotCreateSvcEndpoint needs an IP in global.remotePilotAddress, not %q" $address) -}}
{{- end -}}
{{- $address -}}
{{- end }}

{{/* An address with a port; an IPv6 address is in brackets. Call with (dict "address" "..." "port" 9411). */}}
{{- define "ack-istio-remote.at" -}}
{{- if contains ":" .address }}[{{ .address }}]{{ else }}{{ .address }}{{ end }}:{{ .port | int }}
{{- end }}
