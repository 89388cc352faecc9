import { EnvsealError } from "../../../src/core/error.ts"
import type { Deployment, JsonPatchStep } from "../../../src/core/kubernetes.ts"
import { type Release, readReleases, releasesAnnotation } from "../../../src/deploy/core/release.ts"
import type { Cluster } from "../../../src/ports/cluster.ts"
import { deployment } from "../core/scene.ts"

/** A cluster with one Deployment, which somebody may change before a patch arrives. */
export class OneDeployment {
  image: string
  releases: readonly Release[]
  /** How many patches were taken. */
  patches = 0
  /** How often it was read. */
  reads = 0
  #generation = 2
  readonly #meddle: ((self: OneDeployment) => void)[]

  constructor(
    image: string,
    releases: readonly Release[],
    ...meddle: readonly ((self: OneDeployment) => void)[]
  ) {
    this.image = image
    this.releases = releases
    this.#meddle = [...meddle]
  }

  get port(): Cluster {
    const port: Pick<Cluster, "read" | "patch"> = {
      read: async () => {
        this.reads++
        return this.object
      },
      patch: async (_, steps, fence) => {
        fence?.()
        return this.#patch(steps)
      },
    }
    return port as Cluster
  }

  get object(): Deployment {
    const object = deployment(2, { observedGeneration: this.#generation }, this.image)
    const annotations = { [releasesAnnotation]: JSON.stringify(this.releases) }
    return { ...object, metadata: { ...object.metadata, annotations, generation: this.#generation } }
  }

  #patch(steps: readonly JsonPatchStep[]): Deployment {
    this.#meddle.shift()?.(this)
    const value = (op: string, end: string) =>
      steps.find((one) => one.op === op && one.path.endsWith(end))?.value as string | undefined
    const asRead = value("test", "~1releases") ?? JSON.stringify(this.releases)
    if (value("test", "/image") !== this.image || asRead !== JSON.stringify(this.releases))
      throw new EnvsealError("PATCH_CONFLICT", "web has changed")
    this.patches++
    this.#generation++
    this.image = value("replace", "/image") ?? this.image
    this.releases = readReleases({ [releasesAnnotation]: value("add", "~1releases") ?? "[]" })
    return this.object
  }
}
