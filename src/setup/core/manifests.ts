import type { NewFile } from "./file.ts"
import { type MorePart, morePods } from "./more-pods.ts"
import type { OctaneServer } from "./octane.ts"
import { octanePods, octaneWorker } from "./octane-pods.ts"
import { resourceName, roleArnOf, type Site } from "./site.ts"
import { templateFiles } from "./template-files.ts"
import { replaceNames, yamlScalar } from "./template-text.ts"
import { usualWorker } from "./worker-lines.ts"

/** What of the manifests is not in a {@link Site}. */
export interface ManifestOptions {
  /** What the sealed file must be for. By default the app and the environment. */
  readonly context?: Readonly<Record<string, string>>
  /** Where a request shows that the app is ready. By default Laravel's own since version 11, `/up`. */
  readonly healthPath?: string
  /** Whether Horizon works the queues. By default `queue:work` does. */
  readonly hasHorizon?: boolean
  /** The server of Octane that answers requests. By default php-fpm does. */
  readonly server?: OctaneServer | null
  /** Which workloads there are besides those of every app. */
  readonly more?: readonly MorePart[]
}

/** The init container of the web workload that brings static files to nginx. It opens nothing. */
export const staticContainer = "public"

/** Names of the workloads that {@link manifestsFor} writes, as `envseal.yaml` has them. */
export function workloadsFor({ app }: Pick<Site, "app">) {
  const base = resourceName(app)
  return {
    web: `deployment/${base}-web`,
    worker: `deployment/${base}-worker`,
    schedule: `cronjob/${base}-schedule`,
    reverb: `deployment/${base}-reverb`,
    pulse: `deployment/${base}-pulse`,
    "pulse-work": `deployment/${base}-pulse-work`,
  } as const
}

/**
 * The app's manifests for an environment: `kubernetes/ENVIRONMENT/*.yaml`. Without a KMS key, its pin is a comment:
 * there is none to name yet.
 */
export function manifestsFor(site: Site, options: ManifestOptions = {}): readonly NewFile[] {
  const file = (name: string, text: string): NewFile => ({
    path: `kubernetes/${site.environment}/${name}.yaml`,
    text,
    executable: false,
  })
  return [
    file("service-account", withAccountNames(templateFiles.serviceAccount, site)),
    file("web", web(site, options)),
    file("worker", workload(workerText(options), "worker", site, options)),
    file("schedule", workload(templateFiles.schedule, "schedule", site, options)),
    ...(options.more ?? []).map((part) => file(part, workload(moreText(part, site), part, site, options))),
  ]
}

/** A service account of the example with the names of an environment. */
export function withAccountNames(text: string, site: Site): string {
  return replaceNames(text, {
    "--cluster-name main": `--cluster-name ${site.eks ?? "CLUSTER"}`,
    "--namespace shop-production": `--namespace ${site.namespace}`,
    "--service-account shop": `--service-account ${site.serviceAccount}`,
    "arn:aws:iam::111122223333:role/shop-production-pod": roleArnOf(site, site.podRole),
    "  name: shop\n": `  name: ${yamlScalar(site.serviceAccount)}\n`,
    "namespace: shop-production": `namespace: ${yamlScalar(site.namespace)}`,
  })
}

function web(site: Site, { healthPath = "/up", server = null, ...options }: ManifestOptions): string {
  const base = resourceName(site.app)
  const text = replaceNames(templateFiles.web, {
    "shop-nginx": `${base}-nginx`,
    "path: /health,": `path: ${healthPath},`,
    "envseal manifests production": `envseal manifests ${site.environment}`,
    ...(server === null ? {} : octanePods(server)),
  })
  return workload(text, "web", site, options)
}

function moreText(part: MorePart, { app }: Site): string {
  const text = morePods(part)
  return part === "pulse" ? replaceNames(text, { 'value: "shop"': `value: ${JSON.stringify(app)}` }) : text
}

function workerText({ hasHorizon = false, server = null }: ManifestOptions): string {
  const worker = server === null ? templateFiles.worker : replaceNames(templateFiles.worker, octaneWorker)
  if (!hasHorizon) return worker
  return replaceNames(worker, {
    "# A queue worker:": "# Horizon, which works the queues:",
    [usualWorker]: `Horizon starts and ends the workers
          # that config/horizon.php has; all of them share this container's memory.
          args: ["php", "artisan", "horizon"]
`,
    "limits: { memory: 512Mi }": "limits: { memory: 1Gi }",
  })
}

/** A workload that {@link manifestsFor} writes. */
export type WorkloadPart = keyof ReturnType<typeof workloadsFor>

function workload(text: string, part: WorkloadPart, site: Site, { context }: ManifestOptions): string {
  const { app, environment } = site
  return withPin(withPodNames(text, part, site, context ?? { app, environment }), site.kmsKey)
}

/**
 * A workload of the example with the names of an environment.
 *
 * @param context what its pods may open.
 */
export function withPodNames(
  text: string,
  part: WorkloadPart,
  site: Site,
  context: Readonly<Record<string, string>>,
): string {
  const base = resourceName(site.app)
  return replaceNames(text, {
    [`shop-${part}`]: `${base}-${part}`,
    "app: shop,": `app: ${yamlScalar(base)},`,
    "namespace: shop-production": `namespace: ${yamlScalar(site.namespace)}`,
    "serviceAccountName: shop\n": `serviceAccountName: ${yamlScalar(site.serviceAccount)}\n`,
    '"app=shop,environment=production"': JSON.stringify(pairsOf(context)),
  })
}

function pairsOf(context: Readonly<Record<string, string>>): string {
  return Object.entries(context)
    .map(([name, value]) => `${name}=${value}`)
    .join(",")
}

/** The KMS key that a container of the example pins, and before it its indentation. */
export const pinPattern = /^( *)- name: ENVSEAL_KMS_KEY\n *value: .*$/m

function withPin(text: string, kmsKey: string | null): string {
  return text.replace(pinPattern, (_, indent: string) =>
    kmsKey === null
      ? `${indent}# Once there is a KMS key, put its ARN here, and under kmsKeys in envseal.yaml:\n` +
        `${indent}# - { name: ENVSEAL_KMS_KEY, value: ARN }`
      : `${indent}- name: ENVSEAL_KMS_KEY\n${indent}  value: ${kmsKey}`,
  )
}
