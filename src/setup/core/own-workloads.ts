import { isJsonObject, type JsonObject, objectIn, textIn } from "../../core/json-object.ts"
import { podSteps, workloadKinds, workloadText } from "../../core/workload.ts"

/** A workload that the repository has a manifest of. */
export interface OwnWorkload {
  /** As `envseal.yaml` has it, such as `deployment/web`. */
  readonly text: string
  /** `null` when the manifest leaves it to the person who applies it. */
  readonly namespace: string | null
  readonly serviceAccount: string | null
  /** The file that it is in. */
  readonly path: string
}

/** Images that are no app's own, by their last step. */
const stock =
  /^(?:redis|valkey|memcached|mysql|mariadb|postgres|postgresql|mongo|rabbitmq|nginx|nginx-unprivileged|traefik|caddy|meilisearch|typesense|elasticsearch|opensearch|minio|mailpit|mailhog|soketi|busybox|alpine)$/

/** A name as Kubernetes takes it (RFC 1123): not that of a manifest whose placeholders are filled in when it is applied. */
const given = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/

/**
 * @returns `null` for what is no workload, has a name that is filled in later, or has images of other people alone, such
 * as a database.
 */
export function ownWorkload(object: JsonObject, path: string): OwnWorkload | null {
  const kind = workloadKinds.find((known) => known === object["kind"])
  const metadata = objectIn(object, "metadata")
  const name = givenIn(metadata, "name")
  if (kind === undefined || name === null) return null
  const pod = podSteps(kind).reduce(objectIn, object)
  const images = listIn(pod, "containers").map((one) => textIn(one, "image") ?? "")
  if (images.length === 0 || images.every((image) => stock.test(lastStep(image)))) return null
  return {
    text: workloadText({ kind, name }),
    namespace: givenIn(metadata, "namespace"),
    serviceAccount: givenIn(pod, "serviceAccountName"),
    path,
  }
}

function givenIn(object: JsonObject, name: string): string | null {
  const text = textIn(object, name)
  return text !== null && given.test(text) ? text : null
}

function listIn(object: JsonObject, name: string): readonly JsonObject[] {
  const value = object[name]
  return Array.isArray(value) ? value.filter(isJsonObject) : []
}

/** `nginx` of `docker.io/library/nginx:1.29@sha256:…`. */
function lastStep(image: string): string {
  return image.split("@")[0]?.split("/").at(-1)?.split(":")[0] ?? ""
}

/** What all of them have in common; `null` where they differ or do not say it. */
export function sharedBy(
  workloads: readonly OwnWorkload[],
  what: "namespace" | "serviceAccount",
): string | null {
  const [first = null, ...others] = new Set(workloads.map((one) => one[what]).filter((one) => one !== null))
  return others.length === 0 ? first : null
}
