{{/*
Checks of values against each other, which the schema cannot do. Each error names the wrong value, the accepted values and
an example.
*/}}
{{- define "podwright.check" -}}
{{- include "podwright.checkMissing" . -}}
{{- include "podwright.checkNamespace" . -}}
{{- include "podwright.checkLabels" . -}}
{{- include "podwright.checkPorts" . -}}
{{- include "podwright.checkGracePeriod" . -}}
{{- include "podwright.checkBudget" . -}}
{{- include "podwright.checkExtraArgs" . -}}
{{- include "podwright.checkExtraEnv" . -}}
{{- end }}

{{/*
Helm removes a key's default if the key is null, as when all of its fields are commented out. `--reuse-values` omits values that are
newer than the release. The schema does not require these values, because editors check single files with it.
*/}}
{{- define "podwright.checkMissing" -}}
{{- $examples := list
  "certificates.source=self" "certificates.secretName=podwright-serving-certificate" "certificates.certManager.duration=720h"
  "check.extraKinds=[]" "dashboard.enabled=false" "events.enabled=false" "hostNetwork.enabled=false"
  "hostNetwork.ports.admin=10751" "hostNetwork.ports.webhook=10750" "image.repository=podwright"
  "networkPolicy.enabled=true" "networkPolicy.apiServerPorts={443,6443}" "podDisruptionBudget.enabled=true"
  "podDisruptionBudget.minAvailable=1" "podMonitor.enabled=false" "ports.admin=8080" "ports.webhook=8443"
  "prometheusRule.enabled=false" "resourceQuota=true" "strict=false" "terminationGracePeriodSeconds=45"
  "test.namespace=default"
-}}
{{- $canBeEmpty := list "check.extraKinds" -}}
{{- range $example := $examples -}}
{{- $name := splitList "=" $example | first -}}
{{- $path := "" -}}
{{- $place := $.Values -}}
{{- range splitList "." $name -}}
{{- $path = ternary . (printf "%s.%s" $path .) (eq $path "") -}}
{{- $isMissing := or (not (hasKey $place .)) (kindIs "invalid" (get $place .)) -}}
{{- if and $isMissing (not (has $path $canBeEmpty)) -}}
{{- printf "%s: the value is null or missing: expected a value, such as %s. If you used --reuse-values, use --reset-then-reuse-values, which adds new defaults" $path $example | fail -}}
{{- end -}}
{{- $place = get $place . -}}
{{- end -}}
{{- end -}}
{{- end }}

{{/* Refuses two labels: tools find podwright by them, and Helm finds its objects. */}}
{{- define "podwright.checkLabels" -}}
{{- range $name := list "commonLabels" "podLabels" "podMonitor.labels" "prometheusRule.labels" "dashboard.labels" -}}
{{- $labels := $.Values -}}
{{- range splitList "." $name -}}{{- $labels = get $labels . | default dict -}}{{- end -}}
{{- range list "app.kubernetes.io/name" "app.kubernetes.io/managed-by" -}}
{{- if hasKey $labels . -}}
{{- printf "%s: the chart itself sets %s: expected other labels, such as %s.team=platform" $name . $name | fail -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end }}

{{/*
Refuses a Namespace, as `podwright install --namespace` does. In kube-system, the ResourceQuota would count the cluster's own Pods. `default` is
accepted, because `helm lint` uses it.
*/}}
{{- define "podwright.checkNamespace" -}}
{{- if hasPrefix "kube-" .Release.Namespace -}}
{{- printf "the cluster itself uses the Namespace %s: expected one for podwright alone, such as --namespace podwright-system --create-namespace" .Release.Namespace | fail -}}
{{- end -}}
{{- end }}

{{- define "podwright.checkPorts" -}}
{{- range $name, $ports := dict "ports" .Values.ports "hostNetwork.ports" .Values.hostNetwork.ports -}}
{{- if eq (int $ports.webhook) (int $ports.admin) -}}
{{- printf "%s: webhook and admin are both %d: expected two different ports, such as %s.webhook=10750 and %s.admin=10751" $name (int $ports.admin) $name $name | fail -}}
{{- end -}}
{{- end -}}
{{- /* The kubelet and kube-proxy. The ports of control planes are free on other nodes. */ -}}
{{- $taken := list 10248 10249 10250 10256 -}}
{{- range $name, $port := .Values.hostNetwork.ports -}}
{{- if and $.Values.hostNetwork.enabled (has (int $port) $taken) -}}
{{- printf "hostNetwork.ports.%s: Kubernetes itself listens on %d of each node: expected a free port, such as 10750" $name (int $port) | fail -}}
{{- end -}}
{{- end -}}
{{- end }}

{{/* The value of `--lame-duck` in seconds; 10 without it, and 0 for a form that only podwright reads. */}}
{{- define "podwright.lameDuck" -}}
{{- $text := "10s" -}}
{{- $isNext := false -}}
{{- range .Values.extraArgs -}}
{{- if $isNext -}}{{- $text = . -}}{{- end -}}
{{- $isNext = eq . "--lame-duck" -}}
{{- if hasPrefix "--lame-duck=" . -}}{{- $text = trimPrefix "--lame-duck=" . -}}{{- end -}}
{{- end -}}
{{- if regexMatch "^[0-9]{1,6}s?$" $text -}}{{- trimSuffix "s" $text | int -}}
{{- else if regexMatch "^[0-9]{1,4}m$" $text -}}{{- mul (trimSuffix "m" $text | int) 60 -}}
{{- else -}}0{{- end -}}
{{- end }}

{{- define "podwright.checkGracePeriod" -}}
{{- $lameDuck := include "podwright.lameDuck" . | int -}}
{{- $least := add $lameDuck 33 | int -}}
{{- if lt (int .Values.terminationGracePeriodSeconds) $least -}}
{{- printf "terminationGracePeriodSeconds: %d is too short: podwright serves for %d seconds (--lame-duck) and drains for up to 32: expected at least %d, such as %d" (int .Values.terminationGracePeriodSeconds) $lameDuck $least (add $lameDuck 35 | int) | fail -}}
{{- end -}}
{{- end }}

{{/* A budget of all replicas would block every drain of a node. A percentage is rounded up, as Kubernetes does. */}}
{{- define "podwright.checkBudget" -}}
{{- $replicas := int .Values.replicaCount -}}
{{- $given := .Values.podDisruptionBudget.minAvailable -}}
{{- $least := int $given -}}
{{- if kindIs "string" $given -}}
{{- $least = div (add (mul (trimSuffix "%" $given | int) $replicas) 99) 100 | int -}}
{{- end -}}
{{- if and .Values.podDisruptionBudget.enabled (gt $replicas 1) (ge $least $replicas) -}}
{{- printf "podDisruptionBudget.minAvailable: %v of %d replicas blocks every drain of a node: expected fewer than replicaCount, such as %d" $given $replicas (sub $replicas 1 | int) | fail -}}
{{- end -}}
{{- end }}

{{/* podwright accepts each option once, so a repeated option would end it at start. `--dns` can be repeated. */}}
{{- define "podwright.checkExtraArgs" -}}
{{- $set := dict "--config" "configuration" "--bind" "ports.webhook" "--admin-bind" "ports.admin" "--events" "events.enabled" -}}
{{- range list "--tls-secret" "--service" "--webhook-configuration" "--tls-cert-file" "--tls-private-key-file" -}}
{{- $_ := set $set . "certificates" -}}
{{- end -}}
{{- $seen := dict "--dns" "" -}}
{{- range .Values.extraArgs -}}
{{- $option := splitList "=" . | first -}}
{{- if hasKey $set $option -}}
{{- printf "extraArgs: the chart itself sets %s: expected the value %s instead, and other options here, such as extraArgs={--log-format=json}" $option (get $set $option) | fail -}}
{{- end -}}
{{- if and (hasPrefix "--" $option) (hasKey $seen $option) (ne $option "--dns") -}}
{{- printf "extraArgs: repeated option %s: expected each option once, such as extraArgs={--log-format=json,--lame-duck=5s}" $option | fail -}}
{{- end -}}
{{- $_ := set $seen $option "" -}}
{{- end -}}
{{- end }}

{{/* Of two variables with one name, Kubernetes takes the last one. */}}
{{- define "podwright.checkExtraEnv" -}}
{{- $seen := dict "POD_NAMESPACE" "" -}}
{{- range .Values.extraEnv -}}
{{- if hasKey $seen .name -}}
{{- printf "extraEnv: %s is already set: expected each variable once, and not POD_NAMESPACE, such as extraEnv[0].name=RUST_LOG" .name | fail -}}
{{- end -}}
{{- $_ := set $seen .name "" -}}
{{- end -}}
{{- end }}
