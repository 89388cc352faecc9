import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { parseAllDocuments } from "yaml"
import { root } from "./folders.ts"

const folder = join(root, "docker/kubernetes")

/** What of a container in a manifest is looked at here. */
export interface ContainerManifest {
  readonly name: string
  readonly image?: string
  readonly command?: readonly string[]
  readonly args: readonly string[]
  readonly env?: readonly { readonly name: string; readonly value: string }[]
  readonly lifecycle?: { readonly preStop: { readonly exec: { readonly command: readonly string[] } } }
  readonly startupProbe?: { readonly exec?: { readonly command: readonly string[] } }
  readonly livenessProbe?: { readonly exec?: { readonly command: readonly string[] } }
  readonly resources?: { readonly limits?: { readonly memory?: string } }
  readonly terminationMessagePolicy?: string
  readonly securityContext: object
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[]
}

export interface PodManifest {
  readonly serviceAccountName: string
  readonly terminationGracePeriodSeconds?: number
  readonly securityContext: object
  readonly enableServiceLinks?: boolean
  readonly initContainers?: readonly ContainerManifest[]
  readonly containers: readonly ContainerManifest[]
  readonly volumes: readonly { readonly name: string; readonly emptyDir?: object }[]
}

interface Resource {
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace: string }
  /** Of a ConfigMap. */
  readonly data?: Readonly<Record<string, string>>
  readonly spec: {
    readonly template?: { readonly spec: PodManifest }
    readonly jobTemplate?: { readonly spec: { readonly template: { readonly spec: PodManifest } } }
  }
}

/** Names of the manifests. */
export const manifests: readonly string[] = readdirSync(folder).filter((name) => name.endsWith(".yaml"))

/** @throws Error for what is no YAML. */
export function resourcesOf(name: string): readonly Resource[] {
  const documents = parseAllDocuments(readFileSync(join(folder, name), "utf8"), { strict: true })
  return documents.map((document) => {
    const [problem] = [...document.errors, ...document.warnings]
    if (problem !== undefined) throw problem
    return document.toJS()
  })
}

/** The pods that a manifest starts. */
export function podsOf(name: string): readonly PodManifest[] {
  return resourcesOf(name).flatMap(({ kind, spec }) => {
    if (kind === "Deployment" && spec.template !== undefined) return [spec.template.spec]
    if (kind === "CronJob" && spec.jobTemplate !== undefined) return [spec.jobTemplate.spec.template.spec]
    return []
  })
}

/** The files of a manifest's ConfigMap. */
export function configMapOf(name: string): Readonly<Record<string, string>> {
  return resourcesOf(name).find(({ kind }) => kind === "ConfigMap")?.data ?? {}
}

/** The app's container. */
export function containerOf(name: string): ContainerManifest {
  const found = podsOf(name)
    .flatMap(({ containers }) => containers)
    .find((container) => container.name === "app")
  if (found === undefined) throw new Error(`${name} has no container app`)
  return found
}
