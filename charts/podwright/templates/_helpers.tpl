{{/*
The names of objects are fixed, because a cluster has one podwright: two would both inject each Pod. Helm refuses a second
release, because the objects of the whole cluster belong to the first one.
*/}}

{{/*
The metadata of an object. Takes `root` and `name`; optionally `cluster: true` for an object without a Namespace, and
further `labels` and `annotations`. In a parent chart, the label `part-of` tells `podwright why` not to
propose an upgrade to this chart alone.
*/}}
{{- define "podwright.metadata" -}}
name: {{ .name }}
{{- if not .cluster }}
namespace: {{ .root.Release.Namespace | quote }}
{{- end }}
{{- $own := include "podwright.labels" .root | fromYaml }}
labels:
  {{- merge (dict) (.labels | default dict) (.root.Values.commonLabels | default dict) $own | toYaml | nindent 2 }}
{{- with merge (dict) (.annotations | default dict) (.root.Values.commonAnnotations | default dict) }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* The chart's labels. Labels in the values replace them, except those that `podwright.checkLabels` refuses. */}}
{{- define "podwright.labels" -}}
app.kubernetes.io/name: podwright
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service | quote }}
{{- if not .Chart.IsRoot }}
app.kubernetes.io/part-of: {{ .Release.Name | quote }}
{{- end }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | quote }}
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
{{- $text := include "podwright.configuration" . -}}
{{- $configuration := $text | fromYaml -}}
{{- $isWhole := and (eq (toString $configuration.apiVersion) "podwright.dev/v1alpha1") (eq (toString $configuration.kind) "Configuration") -}}
{{- $isOne := not (regexMatch "(?m)^(---|\\.\\.\\.)(\\s|$)" (trimPrefix "---" $text)) -}}
{{- if not (and $isWhole $isOne (not (hasKey $configuration "Error"))) -}}
{{- printf "configuration: not a configuration file: expected a mapping, such as profiles: {batch: {extends: web}}, or a text of one YAML document with apiVersion: podwright.dev/v1alpha1 and kind: Configuration; `podwright config check FILE` shows every error%s" (ternary (printf ": %v" $configuration.Error) "" (hasKey $configuration "Error")) | fail -}}
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
cert-manager.io/inject-ca-from: {{ printf "%s/podwright" .Release.Namespace | quote }}
{{- end -}}
{{- end }}

{{/* The start of each entry in a webhook configuration. Takes `root` and `path`. */}}
{{- define "podwright.client" -}}
admissionReviewVersions: [v1]
clientConfig:
  service:
    namespace: {{ .root.Release.Namespace | quote }}
    name: podwright
    path: {{ .path | quote }}
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
