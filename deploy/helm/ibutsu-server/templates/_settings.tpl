{{/* Settings of the server: what may be read by everybody, what not, and from which secrets the rest comes. */}}

{{- define "ibutsu.settings" -}}
FRONTEND_URL: {{ required "url must be set: where people reach the server" .Values.url | quote }}
BACKEND_URL: {{ .Values.url | quote }}
{{- with .Values.trustedProxies }}
IBUTSU_TRUSTED_PROXIES: {{ join "," . | quote }}
{{- end }}
{{- if not .Values.database.urlKey }}
POSTGRESQL_HOST: {{ required "database.host must be set, or database.existingSecret with database.urlKey" .Values.database.host | quote }}
POSTGRESQL_PORT: {{ .Values.database.port | quote }}
POSTGRESQL_DB: {{ .Values.database.name | quote }}
POSTGRESQL_USER: {{ .Values.database.user | quote }}
{{- with .Values.database.sslmode }}
POSTGRESQL_SSLMODE: {{ . | quote }}
{{- end }}
{{- end }}
IBUTSU_STORAGE_URL: {{ required "storage.url must be set: processes on several nodes share no folder" .Values.storage.url | quote }}
{{- if hasPrefix "s3" .Values.storage.url }}
AWS_REGION: {{ .Values.storage.region | quote }}
{{- with .Values.storage.endpoint }}
AWS_ENDPOINT_URL: {{ . | quote }}
{{- end }}
{{- if .Values.storage.allowHttp }}
AWS_ALLOW_HTTP: "true"
{{- end }}
{{- end }}
{{- with .Values.superadmin.email }}
IBUTSU_SUPERADMIN_EMAIL: {{ . | quote }}
{{- end }}
{{- if .Values.metrics.enabled }}
IBUTSU_METRICS_HOST: "0.0.0.0"
IBUTSU_METRICS_PORT: {{ .Values.metrics.port | quote }}
{{- end }}
{{- range $name, $value := .Values.settings }}
{{ $name }}: {{ $value | toString | quote }}
{{- end }}
{{- end }}

{{- define "ibutsu.secrets" -}}
{{- if and .Values.database.urlKey (not .Values.database.existingSecret) }}
{{- fail "database.urlKey names a key of database.existingSecret: set that as well" }}
{{- end }}
{{- if not .Values.database.existingSecret }}
POSTGRESQL_PASSWORD: {{ required "database.password must be set, or database.existingSecret" .Values.database.password | quote }}
{{- end }}
{{- if not .Values.broker.existingSecret }}
CELERY_BROKER_URL: {{ required "broker.url must be set, or broker.existingSecret" .Values.broker.url | quote }}
{{- end }}
{{- if and .Values.storage.accessKeyId (not .Values.storage.existingSecret) }}
AWS_ACCESS_KEY_ID: {{ .Values.storage.accessKeyId | quote }}
AWS_SECRET_ACCESS_KEY: {{ required "storage.secretAccessKey must be set when storage.accessKeyId is" .Values.storage.secretAccessKey | quote }}
{{- end }}
{{- if not .Values.jwt.existingSecret }}
JWT_SECRET: {{ include "ibutsu.jwtSecret" . | quote }}
{{- end }}
{{- if and .Values.superadmin.password (not .Values.superadmin.existingSecret) }}
IBUTSU_SUPERADMIN_PASSWORD: {{ .Values.superadmin.password | quote }}
{{- end }}
{{- range $name, $value := .Values.secretSettings }}
{{ $name }}: {{ $value | toString | quote }}
{{- end }}
{{- end }}

{{/* A new one would void every token: the one in the cluster stays.  One rendering has one. */}}
{{- define "ibutsu.jwtSecret" -}}
{{- if not .Values.jwt.secret }}
{{- $there := lookup "v1" "Secret" .Release.Namespace (include "ibutsu.fullname" .) }}
{{- $kept := dig "data" "JWT_SECRET" "" $there | b64dec }}
{{- $_ := set .Values.jwt "secret" (default (randAlphaNum 48) $kept) }}
{{- end }}
{{- .Values.jwt.secret }}
{{- end }}

{{- define "ibutsu.fromSecret" -}}
- name: {{ .name }}
  valueFrom:
    secretKeyRef:
      name: {{ .secret }}
      key: {{ .key }}
{{- end }}

{{/* Of a container; `suffix` is that of the names of the ConfigMap and the Secret. */}}
{{- define "ibutsu.envFrom" -}}
- configMapRef:
    name: {{ include "ibutsu.fullname" .root }}{{ .suffix }}
- secretRef:
    name: {{ include "ibutsu.fullname" .root }}{{ .suffix }}
{{- range .root.Values.existingSecretSettings }}
- secretRef:
    name: {{ . }}
{{- end }}
{{- end }}

{{- define "ibutsu.env" -}}
{{- with .Values.database }}
{{- if .existingSecret }}
{{- $name := ternary "SQLALCHEMY_DATABASE_URI" "POSTGRESQL_PASSWORD" (ne .urlKey "") }}
{{ include "ibutsu.fromSecret" (dict "name" $name "secret" .existingSecret "key" (default .passwordKey .urlKey)) }}
{{- end }}
{{- end }}
{{- with .Values.broker }}
{{- if .existingSecret }}
{{ include "ibutsu.fromSecret" (dict "name" "CELERY_BROKER_URL" "secret" .existingSecret "key" .urlKey) }}
{{- end }}
{{- end }}
{{- with .Values.storage }}
{{- if .existingSecret }}
{{ include "ibutsu.fromSecret" (dict "name" "AWS_ACCESS_KEY_ID" "secret" .existingSecret "key" .accessKeyIdKey) }}
{{ include "ibutsu.fromSecret" (dict "name" "AWS_SECRET_ACCESS_KEY" "secret" .existingSecret "key" .secretAccessKeyKey) }}
{{- end }}
{{- end }}
{{- with .Values.jwt }}
{{- if .existingSecret }}
{{ include "ibutsu.fromSecret" (dict "name" "JWT_SECRET" "secret" .existingSecret "key" .secretKey) }}
{{- end }}
{{- end }}
{{- with .Values.superadmin }}
{{- if .existingSecret }}
{{ include "ibutsu.fromSecret" (dict "name" "IBUTSU_SUPERADMIN_PASSWORD" "secret" .existingSecret "key" .passwordKey) }}
{{- end }}
{{- end }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}
