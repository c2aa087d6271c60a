{{/*
The names of objects are fixed, because a cluster has one podwright: two would both inject each Pod. Helm refuses a second
release, because the objects of the whole cluster belong to the first one.
*/}}

{{/*
The metadata of an object. Takes `root` and `name`; optionally `cluster: true` for an object without a Namespace, and
further `labels` and `annotations`.
*/}}
{{- define "podwright.metadata" -}}
name: {{ .name }}
{{- if not .cluster }}
namespace: {{ .root.Release.Namespace }}
{{- end }}
labels:
  app.kubernetes.io/name: podwright
  app.kubernetes.io/instance: {{ .root.Release.Name }}
  app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
  app.kubernetes.io/managed-by: {{ .root.Release.Service }}
  helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
  {{- with merge (dict) (.labels | default dict) (.root.Values.commonLabels | default dict) }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with merge (dict) (.annotations | default dict) (.root.Values.commonAnnotations | default dict) }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* The labels by which podwright's Pods are selected. They never change, because a Deployment's selector cannot. */}}
{{- define "podwright.selector" -}}
app.kubernetes.io/name: podwright
{{- end }}

{{- define "podwright.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{ with .Values.image.digest }}@{{ . }}{{ end }}
{{- end }}

{{/* The ports that podwright listens on, as YAML: `webhook` and `admin`. */}}
{{- define "podwright.ports" -}}
{{- toYaml (ternary .Values.hostNetwork.ports .Values.ports .Values.hostNetwork.enabled) -}}
{{- end }}

{{/* The text of the configuration file. */}}
{{- define "podwright.configuration" -}}
{{- if kindIs "string" .Values.configuration -}}
{{ trim .Values.configuration }}
{{- else -}}
{{ toYaml .Values.configuration }}
{{- end -}}
{{- end }}

{{/* Stops if a Namespace's profile exists nowhere: each call for it would fail. */}}
{{- define "podwright.checkNamespaceProfiles" -}}
{{- $configuration := include "podwright.configuration" . | fromYaml -}}
{{- if or (hasKey $configuration "Error") (ne (toString $configuration.kind) "Configuration") -}}
{{- printf "configuration: not a configuration file: expected a mapping, or a text with kind: Configuration, such as profiles: {batch: {extends: web}}; `podwright config check FILE` shows every error%s" (ternary (printf ": %v" $configuration.Error) "" (hasKey $configuration "Error")) | fail -}}
{{- end -}}
{{- $known := concat (list "default" "web") (keys ($configuration.profiles | default dict)) | uniq | sortAlpha -}}
{{- range .Values.namespaceProfiles -}}
{{- if not (has . $known) -}}
{{- printf "namespaceProfiles: unknown profile %q: expected one of configuration.profiles or a built-in one, such as %s" . (join ", " $known) | fail -}}
{{- end -}}
{{- end -}}
{{- end }}

{{/*
What Argo CD and cert-manager read on the webhook configurations. Argo CD creates them after podwright is ready, and deletes
them first. cert-manager writes their caBundle. No template sets a caBundle, so Helm never changes it.
*/}}
{{- define "podwright.webhookAnnotations" -}}
argocd.argoproj.io/sync-wave: "1"
{{ if eq .Values.certificates.source "certManager" -}}
cert-manager.io/inject-ca-from: {{ .Release.Namespace }}/podwright
{{- end -}}
{{- end }}

{{/* The start of each entry in a webhook configuration. Takes `root` and `path`. */}}
{{- define "podwright.client" -}}
admissionReviewVersions: [v1]
clientConfig:
  service:
    namespace: {{ .root.Release.Namespace }}
    name: podwright
    path: {{ .path }}
{{- end }}

{{/* The part of a namespaceSelector that leaves out the Namespaces of podwright and of the cluster. */}}
{{- define "podwright.exceptSystem" -}}
- key: kubernetes.io/metadata.name
  operator: NotIn
  values: {{ list "kube-system" .Release.Namespace | toJson }}
{{- end }}

{{/* The part of a namespaceSelector that leaves out Namespaces which opted out. */}}
{{- define "podwright.exceptDisabled" -}}
- key: podwright.dev/inject
  operator: NotIn
  values: [disabled, "false"]
{{- end }}
