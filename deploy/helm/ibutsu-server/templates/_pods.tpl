{{/* What all pods are alike in.  They are called with root, part (its name), values (its values). */}}

{{- define "ibutsu.metadata" -}}
name: {{ include "ibutsu.fullname" .root }}-{{ .part }}
labels:
  {{- include "ibutsu.labels" .root | nindent 2 }}
  app.kubernetes.io/component: {{ .part }}
{{- end }}

{{- define "ibutsu.partSelector" -}}
{{ include "ibutsu.selector" .root }}
app.kubernetes.io/component: {{ .part }}
{{- end }}

{{- define "ibutsu.podMetadata" -}}
labels:
  {{- include "ibutsu.labels" .root | nindent 2 }}
  app.kubernetes.io/component: {{ .part }}
  {{- with .values.podLabels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
annotations:
  checksum/settings: {{ printf "%s%s" (include "ibutsu.settings" .root) (include "ibutsu.secrets" .root) | sha256sum }}
  {{- with .values.podAnnotations }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}

{{- define "ibutsu.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
securityContext:
  {{- toYaml .root.Values.podSecurityContext | nindent 2 }}
{{- with .root.Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
volumes:
  - name: data
    emptyDir:
      sizeLimit: 64Mi
  - name: tmp
    emptyDir:
      sizeLimit: {{ .root.Values.temporaryFiles.sizeLimit }}
{{- end }}

{{- define "ibutsu.spread" -}}
topologySpreadConstraints:
  {{- if .values.topologySpreadConstraints }}
  {{- toYaml .values.topologySpreadConstraints | nindent 2 }}
  {{- else }}
  {{- range list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "ibutsu.partSelector" $ | nindent 8 }}
    matchLabelKeys: [pod-template-hash]
  {{- end }}
  {{- end }}
{{- end }}

{{- define "ibutsu.container" -}}
name: {{ .part }}
image: {{ include "ibutsu.image" .root | quote }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
securityContext:
  {{- toYaml .root.Values.containerSecurityContext | nindent 2 }}
envFrom:
  {{- include "ibutsu.envFrom" (dict "root" .root "suffix" (default "" .suffix)) | nindent 2 }}
{{- $env := printf "%s\n%s" (default "" .env) (include "ibutsu.env" .root) | trim }}
{{- with $env }}
env:
  {{- . | nindent 2 }}
{{- end }}
resources:
  {{- toYaml .values.resources | nindent 2 }}
volumeMounts:
  - name: data
    mountPath: /data
  - name: tmp
    mountPath: /tmp
{{- end }}

{{/* The port of the metrics, if there are any. */}}
{{- define "ibutsu.metricsPort" -}}
{{- if .root.Values.metrics.enabled }}
- name: metrics
  containerPort: {{ .root.Values.metrics.port }}
{{- end }}
{{- end }}

{{/* A worker has to be asked by a program: it listens to nobody. */}}
{{- define "ibutsu.workerProbes" -}}
startupProbe:
  exec:
    command: [ibutsu-server, check-worker]
  periodSeconds: 10
  timeoutSeconds: 20
  failureThreshold: 12
livenessProbe:
  exec:
    command: [ibutsu-server, check-worker]
  periodSeconds: 60
  timeoutSeconds: 20
  failureThreshold: 3
{{- end }}

{{- define "ibutsu.deployment" -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  {{- include "ibutsu.metadata" . | nindent 2 }}
{{- end }}

{{- define "ibutsu.autoscaler" -}}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  {{- include "ibutsu.metadata" . | nindent 2 }}
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: {{ include "ibutsu.fullname" .root }}-{{ .part }}
  minReplicas: {{ .values.autoscaling.minReplicas }}
  maxReplicas: {{ .values.autoscaling.maxReplicas }}
  metrics:
    - type: Resource
      resource:
        name: cpu
        target:
          type: Utilization
          averageUtilization: {{ .values.autoscaling.targetCPUUtilizationPercentage }}
  behavior:
    scaleDown:
      stabilizationWindowSeconds: 300
{{- end }}

{{- define "ibutsu.disruptionBudget" -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  {{- include "ibutsu.metadata" . | nindent 2 }}
spec:
  maxUnavailable: {{ .values.disruptionBudget.maxUnavailable }}
  selector:
    matchLabels:
      {{- include "ibutsu.partSelector" . | nindent 6 }}
{{- end }}

{{/* A Deployment of workers; `queues` are those that it takes from, empty for all. */}}
{{- define "ibutsu.workers" -}}
{{ include "ibutsu.deployment" . }}
spec:
  {{- if not .values.autoscaling.enabled }}
  replicas: {{ .values.replicas }}
  {{- end }}
  selector:
    matchLabels:
      {{- include "ibutsu.partSelector" . | nindent 6 }}
  template:
    metadata:
      {{- include "ibutsu.podMetadata" . | nindent 6 }}
    spec:
      serviceAccountName: {{ include "ibutsu.serviceAccount" .root }}
      terminationGracePeriodSeconds: {{ add .values.shutdownSeconds 30 }}
      {{- include "ibutsu.pod" . | nindent 6 }}
      {{- include "ibutsu.spread" . | nindent 6 }}
      containers:
        - args:
            - worker
            - --concurrency
            - {{ .values.concurrency | quote }}
            {{- with .queues }}
            - --queues
            - {{ . }}
            {{- end }}
          {{- $env := printf "- name: IBUTSU_SHUTDOWN_SECONDS\n  value: %q" (toString .values.shutdownSeconds) }}
          {{- include "ibutsu.container" (merge (dict "env" $env) .) | nindent 10 }}
          {{- with include "ibutsu.metricsPort" . | trim }}
          ports:
            {{- . | nindent 12 }}
          {{- end }}
          {{- include "ibutsu.workerProbes" . | nindent 10 }}
{{- end }}
