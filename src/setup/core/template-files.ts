// Made by `node build/template-files.ts` from the example: change that, and run it again.

/** The example's files, by what they are. */
export const templateFiles = {
  dockerfile: `# A Laravel app that boots from .env.sealed. The image holds ciphertext; the values are opened in memory when
# a container starts.

# With @sha256:… after it, always the same one. This registry, unlike Docker Hub, does not turn builds in AWS away.
ARG BASE_IMAGE=public.ecr.aws/docker/library/php:8.4-fpm
ARG COMPOSER_IMAGE=public.ecr.aws/docker/library/composer:2
# docker/envseal.Dockerfile, as REPOSITORY@sha256:…
ARG ENVSEAL_BINARY=envseal

FROM \${ENVSEAL_BINARY} AS envseal

FROM \${COMPOSER_IMAGE} AS composer

# PHP as the app needs it, to build and to run on.
FROM \${BASE_IMAGE} AS php
ARG PHP_EXTENSIONS="opcache pcntl"
# mlocati/docker-php-extension-installer 2.11.12, by its commit. It is asked for what the base image does not have.
ARG INSTALLER=https://raw.githubusercontent.com/mlocati/docker-php-extension-installer/fbcd3d7e8c799edd89fd28795b6ab7325bdcdb1e/install-php-extensions
ARG INSTALLER_SHA256=df47ee85924ae31fd2d8b73cafacf1ee0d701658965dfcf205a19bf9c11061d1
RUN set -eu; \\
    lacks='foreach (array_slice($argv, 1) as $name) if (!extension_loaded($name === "opcache" ? "Zend OPcache" : $name)) echo $name, " ";'; \\
    missing=$(php -r "$lacks" -- $PHP_EXTENSIONS); \\
    if [ -n "$missing" ]; then \\
      curl -fsSL --retry 3 -o /tmp/installer "$INSTALLER"; \\
      echo "$INSTALLER_SHA256  /tmp/installer" | sha256sum -c -; \\
      CI=true sh /tmp/installer $missing; \\
      rm /tmp/installer; \\
    fi

# What the app stands on, unless the repository has it. A login for private packages is the build's secret
# composer-auth, in the form of auth.json; it is in no layer.
FROM php AS dependencies
COPY --from=composer /usr/bin/composer /usr/local/bin/composer
WORKDIR /app
COPY . .
RUN rm .env.sealed boot.sh php-fpm.conf php.ini
RUN --mount=type=secret,id=composer-auth,target=/root/.composer/auth.json \\
    --mount=type=cache,target=/root/.composer/cache \\
    set -eu; \\
    if [ ! -e vendor/autoload.php ]; then \\
      if ! command -v git || ! command -v unzip; then \\
        if command -v apk; then apk add --no-cache git unzip; \\
        else apt-get update -qq; apt-get install -y -qq --no-install-recommends git unzip; fi; \\
      fi; \\
      mkdir -p bootstrap/cache storage/framework/cache/data storage/framework/views storage/logs; \\
      COMPOSER_ALLOW_SUPERUSER=1 COMPOSER_HOME=/root/.composer composer install \\
        --no-dev --no-interaction --no-progress --prefer-dist --optimize-autoloader; \\
    fi; \\
    rm -rf bootstrap/cache storage

# The app without its configuration, so that each is its own layer.
FROM dependencies AS app

FROM php

# glibc for Debian, musl for Alpine (BASE_IMAGE=…/php:8.4-fpm-alpine). The musl binary needs the C++ library.
ARG ENVSEAL_LIBC=glibc
RUN if [ "$ENVSEAL_LIBC" = musl ]; then apk add --no-cache libstdc++; fi

# Before everything that changes from build to build: it is the largest layer, and so stays the same one.
COPY --from=envseal /\${ENVSEAL_LIBC}/envseal /usr/local/bin/envseal
COPY boot.sh /usr/local/bin/boot
COPY php-fpm.conf /usr/local/etc/app-fpm.conf
COPY php.ini /usr/local/etc/app-php/app.ini

WORKDIR /var/www/html

# The mount points of the memory that the container writes to. .env has to be beside the app, where Laravel
# looks for it, and be elsewhere, because the root file system is read-only.
RUN mkdir -p /run/envseal storage && ln -s /run/envseal/.env .env

# Laravel's caches. That of the configuration is plaintext. The two manifests are written when they are missing.
ENV APP_CONFIG_CACHE=/run/envseal/config.php \\
    APP_PACKAGES_CACHE=/run/envseal/packages.php \\
    APP_SERVICES_CACHE=/run/envseal/services.php \\
    LOG_CHANNEL=stderr \\
    PHP_INI_SCAN_DIR=:/usr/local/etc/app-php

# It belongs to root: who breaks into the app cannot change it. Which files come is in .dockerignore.
COPY --from=app /app .

# A number, for Kubernetes cannot tell of a name whether it is root's; and the same on every base image.
USER 10001:10001

# What php-fpm takes for "finish what you are doing". Workers want SIGTERM: docs/container.md.
STOPSIGNAL SIGQUIT

# open → config:cache → app, one process after the other under process id 1. No step starts when one before it fails.
ENTRYPOINT ["envseal", "open", "--require-tmpfs", "--", "boot"]
CMD ["php-fpm", "--fpm-config", "/usr/local/etc/app-fpm.conf"]

# Last, so that a new secret changes a layer of a few kilobytes.
COPY .env.sealed .
`,
  boot: `#!/bin/sh
# Becomes the app, after \`envseal open\` and with Laravel's configuration cached.
set -eu
# The cached configuration is plaintext, and for this user alone.
umask 077
# Process 1 has only the signals that it takes: to be stopped now is not to be lost.
trap 'exit 143' TERM INT QUIT

# How many requests php-fpm answers at once: 64 MiB each, of what the limit leaves besides the volumes in memory.
if [ -z "\${FPM_CHILDREN:-}" ]; then
  limit=$(cat /sys/fs/cgroup/memory.max 2>/dev/null || cat /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null || echo max)
  case $limit in
    # None, or more than any machine has.
    max | ????????????????*) FPM_CHILDREN=10 ;;
    *) FPM_CHILDREN=$(((limit / 1048576 - 192) / 64)) ;;
  esac
  [ "$FPM_CHILDREN" -ge 4 ] || FPM_CHILDREN=4
fi
export FPM_CHILDREN

mkdir -p storage/app storage/logs storage/framework/cache/data storage/framework/sessions storage/framework/views
php artisan config:cache --quiet --no-interaction

# With exec the app gets the signals of the container, and its exit status is the container's.
exec "$@"
`,
  phpFpm: `; All of php-fpm's configuration, the same on every base image.

[global]
daemonize = no
error_log = /proc/self/fd/2
log_limit = 8192
; Without it, SIGQUIT cuts off the requests that are being answered. Less than terminationGracePeriodSeconds.
process_control_timeout = 20s

[www]
; Its own pod alone: who reaches php-fpm can run code in it, for a request can set any directive of PHP.
listen = 127.0.0.1:9000
pm = dynamic
; As the container's memory allows: boot.sh.
pm.max_children = \${FPM_CHILDREN}
pm.start_servers = 2
pm.min_spare_servers = 1
pm.max_spare_servers = 3
catch_workers_output = yes
decorate_workers_output = no
; Laravel needs the variables of the container, which have no secrets.
clear_env = no
; nginx says how large a request may be (client_max_body_size), and nobody else asks php-fpm.
php_admin_value[post_max_size] = 0
php_admin_value[upload_max_filesize] = 0
`,
  phpIni: `; For PHP where visitors are, on any base image, besides the files that it reads there anyway.

; No text of an error reaches a visitor, and no argument of a function, which can be a value of the secret, any log.
display_errors = Off
display_startup_errors = Off
log_errors = On
error_reporting = E_ALL & ~E_DEPRECATED
zend.exception_ignore_args = On
expose_php = Off

; Of one request or job. boot.sh counts with half of it for each process of php-fpm.
memory_limit = 128M

; The code in an image never changes, so no file is looked at twice.
opcache.enable = 1
opcache.validate_timestamps = 0
opcache.memory_consumption = 128
opcache.interned_strings_buffer = 16
opcache.max_accelerated_files = 20000
realpath_cache_size = 4096K
realpath_cache_ttl = 600
`,
  dockerignore: `# What the image gets. All else in the folder stays out: .git, node_modules, a plain .env.
*
!app
!artisan
!boot.sh
!bootstrap
!composer.json
!composer.lock
!config
!database
!lang
!php-fpm.conf
!php.ini
!public
!resources
!routes
!vendor
!.env.sealed

# Plaintext and leftovers inside of what was let in. A cached configuration has every value in it.
**/.env
**/.env.*
!.env.sealed
**/.git
**/node_modules
bootstrap/cache
# A developer's local database, where Laravel puts it.
database/*.sqlite*
`,
  buildspec: `# Builds a Laravel app's image with its configuration sealed into it: secret → .env.sealed → image → registry.
# Copy it to the top of the app's repository, with Dockerfile, boot.sh, php-fpm.conf, php.ini and .dockerignore of docker/
# and envseal.yaml of docker/app/ beside it, and put your own names in. The project needs privileged mode, for Docker.
#
# No value of the secret comes by here. envseal reads it from Secrets Manager into its own memory; with
# \`env: secrets-manager:\` it would be a variable of every command below, and of everything that they start.
version: 0.2

env:
  # For pipefail: a pipe fails when any of its commands does.
  shell: bash
  variables:
    ENVSEAL_ENVIRONMENT: production
    # docker/envseal.Dockerfile in a registry. The digest is the checksum: Docker runs nothing else under it.
    ENVSEAL_BINARY: 111122223333.dkr.ecr.eu-west-1.amazonaws.com/envseal@sha256:0000000000000000000000000000000000000000000000000000000000000000
    ENVSEAL_REPOSITORY: 111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop
    BASE_IMAGE: public.ecr.aws/docker/library/php:8.4-fpm
    # musl with an Alpine image
    ENVSEAL_LIBC: glibc
  # What a deploy reads from the build when it is done. All of it may be known.
  exported-variables:
    - ENVSEAL_IMAGE
    - ENVSEAL_SECRET_VERSION
    - ENVSEAL_SEALED_AT
    - ENVSEAL_COMMIT

# A block of several lines has the status of its last command, unless it says \`set -e\`.
phases:
  install:
    commands:
      - |
        set -euo pipefail
        # Anybody who may start builds can change variables. This one chooses the part of envseal.yaml, and the build's
        # role may use secret and key of its own environment only.
        case $ENVSEAL_ENVIRONMENT in
          production | staging) ;;
          *) echo "unknown environment $ENVSEAL_ENVIRONMENT" >&2; exit 2 ;;
        esac
        case $ENVSEAL_BINARY in
          *@sha256:*) ;;
          *) echo "ENVSEAL_BINARY names no digest" >&2; exit 2 ;;
        esac
        aws ecr get-login-password | docker login --username AWS --password-stdin "\${ENVSEAL_REPOSITORY%%/*}"
        container=$(docker create "$ENVSEAL_BINARY")
        mkdir -p "$HOME/bin"
        docker cp "$container:/glibc/envseal" "$HOME/bin/envseal"
        docker rm "$container"
        export PATH="$HOME/bin:$PATH"
        envseal --version

  pre_build:
    commands:
      # Tests go before this: they need no configuration of the environment.
      - |
        set -euo pipefail
        # envseal.yaml says which secret, for whom, and what must be in it, for $ENVSEAL_ENVIRONMENT.
        if [ -n "\${ENVSEAL_RESEAL_FROM:-}" ]; then
          # New configuration, with the code of that image: its layers stay, and nothing is built or pushed below.
          envseal reseal --image "$ENVSEAL_REPOSITORY@$ENVSEAL_RESEAL_FROM" --json > "$HOME/sealed.json"
          ENVSEAL_IMAGE=$(jq -er .image "$HOME/sealed.json")
          export ENVSEAL_IMAGE
        else
          envseal seal
          envseal inspect --json > "$HOME/sealed.json"
        fi
        ENVSEAL_SECRET_VERSION=$(jq -er '[.provenance.sources[].versionId] | join(",")' "$HOME/sealed.json")
        ENVSEAL_SEALED_AT=$(jq -er .provenance.sealedAt "$HOME/sealed.json")
        ENVSEAL_COMMIT=\${CODEBUILD_RESOLVED_SOURCE_VERSION:-unknown}
        export ENVSEAL_SECRET_VERSION ENVSEAL_SEALED_AT ENVSEAL_COMMIT

  build:
    commands:
      - |
        set -euo pipefail
        if [ -n "\${ENVSEAL_RESEAL_FROM:-}" ]; then exit 0; fi
        # The tag is of this build alone. What is deployed goes by its digest.
        ENVSEAL_TAG=$ENVSEAL_REPOSITORY:build-\${CODEBUILD_BUILD_ID##*:}
        export ENVSEAL_TAG
        # A login for private packages of Composer, if the project has it, as the text of an auth.json.
        secrets=()
        if [ -n "\${COMPOSER_AUTH:-}" ]; then secrets=(--secret id=composer-auth,env=COMPOSER_AUTH); fi
        export DOCKER_BUILDKIT=1
        docker build --tag "$ENVSEAL_TAG" "\${secrets[@]}" \\
          --build-arg BASE_IMAGE="$BASE_IMAGE" \\
          --build-arg ENVSEAL_BINARY="$ENVSEAL_BINARY" \\
          --build-arg ENVSEAL_LIBC="$ENVSEAL_LIBC" \\
          --label org.opencontainers.image.revision="$ENVSEAL_COMMIT" \\
          .
      # Looks for every value of just this version of the secret in all layers, before anybody else has the image, and
      # proves that the image opens what was sealed.
      - |
        set -euo pipefail
        if [ -n "\${ENVSEAL_RESEAL_FROM:-}" ]; then exit 0; fi
        docker save "$ENVSEAL_TAG" |
          envseal scan --opens --from "aws-sm:shop/$ENVSEAL_ENVIRONMENT#$ENVSEAL_SECRET_VERSION" -

  post_build:
    commands:
      - |
        set -euo pipefail
        # CodeBuild comes here after a failed build too.
        if [ "$CODEBUILD_BUILD_SUCCEEDING" != 1 ]; then
          echo "nothing is pushed, because the build failed" >&2
          exit 1
        fi
        if [ -z "\${ENVSEAL_RESEAL_FROM:-}" ]; then
          docker push "$ENVSEAL_TAG"
          digests=$(docker image inspect --format '{{range .RepoDigests}}{{println .}}{{end}}' "$ENVSEAL_TAG")
          ENVSEAL_IMAGE=$(grep --max-count=1 --fixed-strings "$ENVSEAL_REPOSITORY@sha256:" <<<"$digests")
          export ENVSEAL_IMAGE
        fi
        echo "$ENVSEAL_IMAGE has version $ENVSEAL_SECRET_VERSION of the secret, at commit $ENVSEAL_COMMIT"
    finally:
      - docker logout "\${ENVSEAL_REPOSITORY%%/*}"
`,
  settings: `# What envseal needs to know of each environment (docs/config.md). Nothing here is secret: commit it.
version: 1
app: shop

# Of every environment that does not say it for itself.
defaults:
  account: "111122223333"
  region: eu-west-1
  require: .env.example
  build:
    source: main
    timeout: 30m
  image:
    repository: 111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop
  workloads:
    # public copies static files for nginx, and needs no configuration for it.
    - { deployment: shop-web, withoutOpen: [public] }
    - deployment/shop-worker
    - cronjob/shop-schedule
  hooks:
    before:
      - name: migrate
        workload: deployment/shop-worker
        command: [php, artisan, migrate, --force]

environments:
  production:
    secret: shop/production
    recipients: [aws-kms:alias/envseal-production]
    # The same as in the pod template, where an image cannot change it.
    kmsKeys: [arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab]
    build:
      project: shop-production
    cluster:
      eks: main
      namespace: shop-production

  staging:
    secret: shop/staging
    recipients: [aws-kms:alias/envseal-staging]
    build:
      project: shop-staging
    cluster:
      eks: main
      namespace: shop-staging
`,
  serviceAccount: `# Whose role the pods have. With EKS Pod Identity, an association names this account and the role; nothing is needed here:
#
#     aws eks create-pod-identity-association --cluster-name main --namespace shop-production \\
#       --service-account shop --role-arn arn:aws:iam::111122223333:role/shop-production-pod
#
# All containers of a pod share it: what \`open\` may decrypt, the app may too. The role's policy is what
# \`envseal policy pod\` prints.
apiVersion: v1
kind: ServiceAccount
metadata:
  name: shop
  namespace: shop-production
  # With IRSA in place of Pod Identity:
  # annotations:
  #   eks.amazonaws.com/role-arn: arn:aws:iam::111122223333:role/shop-production-pod
  #   eks.amazonaws.com/sts-regional-endpoints: "true"
# The app does not talk to Kubernetes. The token for AWS is mounted by EKS all the same.
automountServiceAccountToken: false
`,
  web: `# The web app: nginx in front of php-fpm, which is the image's own command.
#
# The app's containers have no image here. \`envseal deploy\` alone changes it, so that this can be applied again at any
# time and what runs stays. Where nothing runs yet, and for a new workload, \`envseal manifests production\` puts in the
# image that belongs there (docs/manifests.md of envseal).
apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop-web
  namespace: shop-production
spec:
  replicas: 2
  selector:
    matchLabels: { app: shop, part: web }
  # A pod that cannot open its configuration never becomes ready, and the old ones stay.
  strategy:
    rollingUpdate: { maxUnavailable: 0, maxSurge: 1 }
  progressDeadlineSeconds: 180
  template:
    metadata:
      labels: { app: shop, part: web }
    spec:
      serviceAccountName: shop
      automountServiceAccountToken: false
      # No REDIS_PORT=tcp://… of a Service called redis: it would win over what is sealed.
      enableServiceLinks: false
      # Longer than preStop and process_control_timeout in php-fpm.conf together: what was asked gets its answer.
      terminationGracePeriodSeconds: 30
      securityContext:
        runAsNonRoot: true
        # The image's own user. The group owns the volumes below, and may read the token for AWS.
        runAsUser: 10001
        runAsGroup: 10001
        fsGroup: 10001
        seccompProfile: { type: RuntimeDefault }
      initContainers:
        # Brings the release's own public/ to nginx, so that one digest is still the whole release. It opens nothing, which
        # \`withoutOpen\` in envseal.yaml says.
        - name: public
          command: ["cp", "-Rpf", "/var/www/html/public", "/static"]
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities: { drop: [ALL] }
          resources:
            requests: { cpu: 10m, memory: 16Mi }
            limits: { memory: 64Mi }
          volumeMounts:
            - { name: static, mountPath: /static }
      containers:
        - name: app
          env:
            # What the sealed file must be for. It is here because an image could say anything about itself.
            - { name: ENVSEAL_EXPECT, value: "app=shop,environment=production" }
            # Which key may have wrapped it. Without this, somebody who makes a KMS key that the role may use could make
            # the app's configuration.
            - name: ENVSEAL_KMS_KEY
              value: arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab
          # Laravel boots once for config:cache. Until this has passed, the other probe waits. php-fpm listens to its own
          # pod alone, so it is asked from inside.
          startupProbe:
            exec: { command: ["php", "-n", "-r", "exit((int) !@fsockopen('127.0.0.1', 9000));"] }
            periodSeconds: 1
            timeoutSeconds: 5
            failureThreshold: 60
          # That php-fpm takes connections. What a request needs besides is for readiness to say: a database that is
          # down is no reason to start every pod again, each with a request to KMS.
          livenessProbe:
            exec: { command: ["php", "-n", "-r", "exit((int) !@fsockopen('127.0.0.1', 9000));"] }
            periodSeconds: 10
            timeoutSeconds: 5
          # Longer than nginx's: it takes requests to the last.
          lifecycle:
            preStop:
              exec: { command: ["sleep", "6"] }
          # envseal writes why it failed to /dev/termination-log; for config:cache and the app, the end of the log.
          terminationMessagePolicy: FallbackToLogsOnError
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities: { drop: [ALL] }
          resources:
            requests: { cpu: 100m, memory: 256Mi }
            # The volumes in memory count here.
            limits: { memory: 512Mi }
          volumeMounts:
            - { name: envseal, mountPath: /run/envseal }
            - { name: storage, mountPath: /var/www/html/storage }
            - { name: tmp, mountPath: /tmp }
        - name: nginx
          image: public.ecr.aws/nginx/nginx-unprivileged:1.29-alpine
          ports:
            - { name: http, containerPort: 8080 }
          # Through nginx to Laravel, so that one probe is for both.
          readinessProbe:
            httpGet: { path: /health, port: http }
            periodSeconds: 5
            timeoutSeconds: 3
          # The load balancer takes the pod out first.
          lifecycle:
            preStop:
              exec: { command: ["sleep", "5"] }
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities: { drop: [ALL] }
          resources:
            requests: { cpu: 20m, memory: 32Mi }
            limits: { memory: 128Mi }
          volumeMounts:
            - { name: nginx, mountPath: /etc/nginx/conf.d }
            - { name: static, mountPath: /static, readOnly: true }
            # Not the app's: nginx has no business with its uploads.
            - { name: nginx-tmp, mountPath: /tmp }
      volumes:
        # The .env and the cached configuration, in plaintext: in memory, so that no disk of the node gets them. A
        # volume in memory without a limit may grow to half of the node.
        - name: envseal
          emptyDir: { medium: Memory, sizeLimit: 16Mi }
        # Compiled views and what the framework writes. Laravel caches rendered values there too.
        - name: storage
          emptyDir: { medium: Memory, sizeLimit: 64Mi }
        - name: tmp
          emptyDir: { medium: Memory, sizeLimit: 64Mi }
        - name: static
          emptyDir: { sizeLimit: 256Mi }
        - name: nginx-tmp
          emptyDir: { sizeLimit: 64Mi }
        - name: nginx
          configMap: { name: shop-nginx }
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: shop-nginx
  namespace: shop-production
data:
  # A file of public/ is answered by nginx, all else by Laravel.
  default.conf: |
    server {
      listen 8080;
      server_tokens off;
      root /static/public;
      # The one place for the size of an upload: PHP has no limit of its own. Five at once fit into the app's /tmp.
      client_max_body_size 10m;

      location / {
        try_files $uri @laravel;
      }
      # What the asset build puts there has its checksum in its name.
      location ^~ /build/assets/ {
        try_files $uri @laravel;
        expires 1y;
      }
      # Code is never a file to download, nor is what begins with a dot.
      location ~ (\\.php$|/\\.(?!well-known/)) {
        try_files /none @laravel;
      }
      location @laravel {
        include fastcgi_params;
        fastcgi_param DOCUMENT_ROOT /var/www/html/public;
        fastcgi_param SCRIPT_FILENAME /var/www/html/public/index.php;
        fastcgi_param SCRIPT_NAME /index.php;
        # A request's header \`Proxy\` is no variable for the app (httpoxy).
        fastcgi_param HTTP_PROXY "";
        # Room for the cookies of a session.
        fastcgi_buffer_size 32k;
        fastcgi_buffers 16 16k;
        fastcgi_pass 127.0.0.1:9000;
      }
    }
---
apiVersion: v1
kind: Service
metadata:
  name: shop-web
  namespace: shop-production
spec:
  selector: { app: shop, part: web }
  ports:
    - { port: 80, targetPort: http }
`,
  worker: `# A queue worker: the same image with another command. web.yaml explains the rest.
apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop-worker
  namespace: shop-production
spec:
  replicas: 1
  selector:
    matchLabels: { app: shop, part: worker }
  progressDeadlineSeconds: 180
  template:
    metadata:
      labels: { app: shop, part: worker }
    spec:
      serviceAccountName: shop
      automountServiceAccountToken: false
      enableServiceLinks: false
      # Longer than the longest job, or a job is cut off and comes again.
      terminationGracePeriodSeconds: 120
      securityContext:
        runAsNonRoot: true
        runAsUser: 10001
        runAsGroup: 10001
        fsGroup: 10001
        seccompProfile: { type: RuntimeDefault }
      containers:
        - name: app
          # args, not command: that would take the place of \`envseal open\`. After an hour the worker ends, and its pod
          # opens the configuration again.
          args: ["php", "artisan", "queue:work", "--sleep=1", "--tries=3", "--max-time=3600"]
          lifecycle:
            # The image is stopped with SIGQUIT, for php-fpm. A worker ends after its job on SIGTERM, and as process 1
            # it never gets a signal that it does not take: it would be killed when the grace period is over.
            preStop:
              exec: { command: ["sh", "-c", "kill -TERM 1"] }
          env:
            - { name: ENVSEAL_EXPECT, value: "app=shop,environment=production" }
            - name: ENVSEAL_KMS_KEY
              value: arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab
          # A worker listens nowhere, and one that ends is started again. What can be asked: whether process 1 is the
          # worker yet. Until then it is \`envseal open\`, then boot.sh; without this, a pod would count as ready at once.
          startupProbe:
            exec: { command: ["grep", "-qx", "php", "/proc/1/comm"] }
            periodSeconds: 1
            timeoutSeconds: 5
            failureThreshold: 60
          terminationMessagePolicy: FallbackToLogsOnError
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities: { drop: [ALL] }
          resources:
            requests: { cpu: 50m, memory: 128Mi }
            limits: { memory: 512Mi }
          volumeMounts:
            - { name: envseal, mountPath: /run/envseal }
            - { name: storage, mountPath: /var/www/html/storage }
            - { name: tmp, mountPath: /tmp }
      volumes:
        - name: envseal
          emptyDir: { medium: Memory, sizeLimit: 16Mi }
        - name: storage
          emptyDir: { medium: Memory, sizeLimit: 64Mi }
        - name: tmp
          emptyDir: { medium: Memory, sizeLimit: 64Mi }
`,
  schedule: `# Laravel's schedule. Every run is a new pod and asks KMS once: with much to schedule, \`php artisan
# schedule:work\` in a Deployment like worker.yaml asks once for all.
apiVersion: batch/v1
kind: CronJob
metadata:
  name: shop-schedule
  namespace: shop-production
spec:
  schedule: "* * * * *"
  # The next run makes up for one that is late or failed.
  concurrencyPolicy: Forbid
  startingDeadlineSeconds: 30
  # The last failure stays, with its termination message.
  successfulJobsHistoryLimit: 1
  failedJobsHistoryLimit: 3
  jobTemplate:
    spec:
      backoffLimit: 0
      activeDeadlineSeconds: 600
      template:
        metadata:
          labels: { app: shop, part: schedule }
        spec:
          serviceAccountName: shop
          automountServiceAccountToken: false
          enableServiceLinks: false
          restartPolicy: Never
          # A run takes no signal: what it has begun gets this long, when its node is emptied.
          terminationGracePeriodSeconds: 120
          securityContext:
            runAsNonRoot: true
            runAsUser: 10001
            runAsGroup: 10001
            fsGroup: 10001
            seccompProfile: { type: RuntimeDefault }
          containers:
            - name: app
              args: ["php", "artisan", "schedule:run"]
              env:
                - { name: ENVSEAL_EXPECT, value: "app=shop,environment=production" }
                - name: ENVSEAL_KMS_KEY
                  value: arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab
              terminationMessagePolicy: FallbackToLogsOnError
              securityContext:
                allowPrivilegeEscalation: false
                readOnlyRootFilesystem: true
                capabilities: { drop: [ALL] }
              resources:
                requests: { cpu: 50m, memory: 128Mi }
                limits: { memory: 512Mi }
              volumeMounts:
                - { name: envseal, mountPath: /run/envseal }
                - { name: storage, mountPath: /var/www/html/storage }
                - { name: tmp, mountPath: /tmp }
          volumes:
            - name: envseal
              emptyDir: { medium: Memory, sizeLimit: 16Mi }
            - name: storage
              emptyDir: { medium: Memory, sizeLimit: 64Mi }
            - name: tmp
              emptyDir: { medium: Memory, sizeLimit: 64Mi }
`,
} as const
