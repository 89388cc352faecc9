// As version 0.1.0 had them, which no later version changes: nothing makes this file.

/** The example's files of version 0.1.0, by what they are. */
export const firstTemplateFiles = {
  dockerfile: `# A Laravel app that boots from .env.sealed. In the image is ciphertext; the values come to be when a container
# starts, in memory. Nothing here needs a network but the images it starts from, and with Alpine two packages.

ARG BASE_IMAGE=php:8.4-fpm
# docker/envseal.Dockerfile, as REPOSITORY@sha256:…
ARG ENVSEAL_BINARY=envseal

FROM \${ENVSEAL_BINARY} AS envseal

# The app without its configuration, so that each is a layer of its own. \`composer install --no-dev\` belongs here.
FROM \${BASE_IMAGE} AS app
COPY . /app
RUN rm /app/.env.sealed /app/boot.sh /app/php-fpm.conf

FROM \${BASE_IMAGE}

# glibc for Debian, musl for Alpine (BASE_IMAGE=php:8.4-fpm-alpine). The musl binary needs the C++ library.
ARG ENVSEAL_LIBC=glibc
RUN if [ "$ENVSEAL_LIBC" = musl ]; then apk add --no-cache libstdc++; fi

# Before everything that changes from build to build: it is the largest layer, and so stays the same one.
COPY --from=envseal /\${ENVSEAL_LIBC}/envseal /usr/local/bin/envseal
COPY boot.sh /usr/local/bin/boot
COPY php-fpm.conf /usr/local/etc/app-fpm.conf

# What an app needs more goes here, such as: RUN docker-php-ext-install pcntl pdo_mysql

WORKDIR /var/www/html

# The mount points of the memory that the container writes to. .env has to stand beside the app, where Laravel
# looks for it, and be elsewhere, because the root file system is read-only.
RUN mkdir -p /run/envseal storage && ln -s /run/envseal/.env .env

# Laravel's caches. That of the configuration is plaintext. The two manifests are written when they are missing.
ENV APP_CONFIG_CACHE=/run/envseal/config.php \\
    APP_PACKAGES_CACHE=/run/envseal/packages.php \\
    APP_SERVICES_CACHE=/run/envseal/services.php \\
    LOG_CHANNEL=stderr

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
listen = 9000
pm = dynamic
pm.max_children = 5
pm.start_servers = 2
pm.min_spare_servers = 1
pm.max_spare_servers = 3
catch_workers_output = yes
decorate_workers_output = no
; Laravel needs the variables of the container, which have no secrets.
clear_env = no
`,
  dockerignore: `# What the image gets. All else stays out, whatever comes to lie in the folder: .git, node_modules, a plain .env.
*
!app
!artisan
!boot.sh
!bootstrap
!composer.json
!config
!database
!lang
!php-fpm.conf
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
# The database of whoever develops, where Laravel puts it.
database/*.sqlite*
`,
  buildspec: `# Builds a Laravel app's image with its configuration sealed into it: secret → .env.sealed → image → registry.
# Copy it to the top of the app's repository, with Dockerfile, boot.sh, php-fpm.conf and .dockerignore of docker/ and
# envseal.yaml of docker/app/ beside it, and put your own names in. The project needs privileged mode, for Docker.
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
    BASE_IMAGE: php:8.4-fpm
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
        # Whoever may start builds can change variables. This one chooses the part of envseal.yaml, and the build's
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
      # composer install, npm run build and tests go before this: they need no configuration of the environment.
      - |
        set -euo pipefail
        # Which secret, for whom, and what must be in it stands in envseal.yaml, for $ENVSEAL_ENVIRONMENT.
        envseal seal
        ENVSEAL_SECRET_VERSION=$(envseal inspect --json | jq -er '[.provenance.sources[].versionId] | join(",")')
        ENVSEAL_SEALED_AT=$(envseal inspect --json | jq -er .provenance.sealedAt)
        ENVSEAL_COMMIT=\${CODEBUILD_RESOLVED_SOURCE_VERSION:-unknown}
        export ENVSEAL_SECRET_VERSION ENVSEAL_SEALED_AT ENVSEAL_COMMIT

  build:
    commands:
      - |
        set -euo pipefail
        # The tag is of this build alone. What is deployed goes by its digest.
        ENVSEAL_TAG=$ENVSEAL_REPOSITORY:build-\${CODEBUILD_BUILD_ID##*:}
        export ENVSEAL_TAG
        docker build --tag "$ENVSEAL_TAG" \\
          --build-arg BASE_IMAGE="$BASE_IMAGE" \\
          --build-arg ENVSEAL_BINARY="$ENVSEAL_BINARY" \\
          --build-arg ENVSEAL_LIBC="$ENVSEAL_LIBC" \\
          --label org.opencontainers.image.revision="$ENVSEAL_COMMIT" \\
          .
      # Looks for every value of just this version of the secret in all layers, before anybody else has the image.
      - |
        set -euo pipefail
        docker save "$ENVSEAL_TAG" |
          envseal scan --from "aws-sm:shop/$ENVSEAL_ENVIRONMENT#$ENVSEAL_SECRET_VERSION" -

  post_build:
    commands:
      - |
        set -euo pipefail
        # CodeBuild comes here after a failed build too.
        if [ "$CODEBUILD_BUILD_SUCCEEDING" != 1 ]; then
          echo "nothing is pushed, because the build failed" >&2
          exit 1
        fi
        docker push "$ENVSEAL_TAG"
        digests=$(docker image inspect --format '{{range .RepoDigests}}{{println .}}{{end}}' "$ENVSEAL_TAG")
        ENVSEAL_IMAGE=$(grep --max-count=1 --fixed-strings "$ENVSEAL_REPOSITORY@sha256:" <<<"$digests")
        export ENVSEAL_IMAGE
        echo "$ENVSEAL_IMAGE has version $ENVSEAL_SECRET_VERSION of the secret, at commit $ENVSEAL_COMMIT"
    finally:
      - docker logout "\${ENVSEAL_REPOSITORY%%/*}"
`,
  serviceAccount: `# Whose role the pods have. With EKS Pod Identity, an association names this account and the role; nothing stands here:
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
      # Longer than preStop and process_control_timeout in php-fpm.conf together: what was asked gets its answer.
      terminationGracePeriodSeconds: 30
      securityContext:
        runAsNonRoot: true
        # The image's own user. The group owns the volumes below, and may read the token for AWS.
        runAsUser: 10001
        runAsGroup: 10001
        fsGroup: 10001
        seccompProfile: { type: RuntimeDefault }
      containers:
        - name: app
          # By digest, which the build exports as ENVSEAL_IMAGE: an image is a release, with its configuration.
          image: 111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop@sha256:0000000000000000000000000000000000000000000000000000000000000000
          env:
            # What the sealed file must be for. It stands here because an image could say anything of itself.
            - { name: ENVSEAL_EXPECT, value: "app=shop,environment=production" }
            # Which key may have wrapped it. Without this, whoever makes a KMS key that the role may use could make
            # the app's configuration.
            - name: ENVSEAL_KMS_KEY
              value: arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab
          ports:
            - { name: fastcgi, containerPort: 9000 }
          # Laravel boots once for config:cache. Until this has passed, the other probes wait.
          startupProbe:
            tcpSocket: { port: fastcgi }
            periodSeconds: 1
            failureThreshold: 60
          # That php-fpm takes connections. What a request needs besides is for readiness to say: a database that is
          # down is no reason to start every pod anew, each with a request to KMS.
          livenessProbe:
            tcpSocket: { port: fastcgi }
            periodSeconds: 10
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
          image: nginxinc/nginx-unprivileged:1.29-alpine
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
          volumeMounts:
            - { name: nginx, mountPath: /etc/nginx/conf.d }
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
  # Every request goes to Laravel. Files of public/ are for an image of nginx's own, or a CDN.
  default.conf: |
    server {
      listen 8080;
      location / {
        include fastcgi_params;
        fastcgi_param SCRIPT_FILENAME /var/www/html/public/index.php;
        fastcgi_param SCRIPT_NAME /index.php;
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
  worker: `# A queue worker: the same image with another command. What is not said here stands in web.yaml.
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
          image: 111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop@sha256:0000000000000000000000000000000000000000000000000000000000000000
          # args, not command: that would take the place of \`envseal open\`. After an hour the worker ends, and its pod
          # opens the configuration anew.
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
          # No probe: a worker listens nowhere, and one that ends is started again.
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
  schedule: `# Laravel's schedule. Every run is a pod of its own and asks KMS once: with much to schedule, \`php artisan
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
          restartPolicy: Never
          securityContext:
            runAsNonRoot: true
            runAsUser: 10001
            runAsGroup: 10001
            fsGroup: 10001
            seccompProfile: { type: RuntimeDefault }
          containers:
            - name: app
              image: 111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop@sha256:0000000000000000000000000000000000000000000000000000000000000000
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
