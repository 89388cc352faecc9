import { placeText } from "../../config/fault.ts"
import type { EnvironmentSettings, WorkloadSettings } from "../../config/settings.ts"
import { EnvsealError, type Problem } from "../../core/error.ts"
import { inOrder } from "../../core/in-order.ts"
import { podTemplateOf, type Workload } from "../../core/kubernetes.ts"
import { printable } from "../../core/text.ts"
import { type Images, isExampleImage, workloadText } from "../../core/workload.ts"
import { checkServer } from "../../deploy/run/check.ts"
import { liveImages } from "../../deploy/run/containers.ts"
import { holderOf } from "../../deploy/run/lock.ts"
import { scopeOf } from "../../deploy/run/request.ts"
import type { Cluster } from "../../ports/cluster.ts"
import type { Log } from "../../ports/log.ts"
import { type ImagePlace, imagePlacesIn, withImages } from "../core/image-place.ts"
import { distinctImages, type RunningImages, releasePlaces, runningIn } from "../core/release-place.ts"
import { type ManifestPorts, type ManifestText, manifestTexts } from "./manifest-text.ts"

export interface AppliedRequest {
  readonly settings: EnvironmentSettings
  /** Paths of manifests; `-` for standard input, none for those of `folder`. */
  readonly named: readonly string[]
  /** Of the environment's manifests, with `/` at its end. */
  readonly folder: string
  /** What to run where nothing runs yet, as a person names an image; `null` for the newest one. */
  readonly image: string | null
}

export interface AppliedPorts extends ManifestPorts {
  readonly cluster: Pick<Cluster, "name" | "server" | "serverName" | "namespace" | "read" | "readLease">
  /** The image that a name stands for. @throws EnvsealError `IMAGE_UNUSABLE`. */
  readonly named: (image: string) => Promise<string>
  /** The newest image of the environment; `null` for none. */
  readonly newest: () => Promise<string | null>
  readonly log: Log
}

/** Manifests that can be applied, and what stands in them. */
export interface AppliedManifests {
  readonly text: string
  readonly given: readonly GivenImage[]
}

/** An image that was put into a container, and why that one. */
export interface GivenImage {
  readonly workload: string
  readonly container: string
  readonly image: string
  readonly because: "it runs" | "the others run it" | "it was named" | "it is the newest"
}

/**
 * The manifests of an environment with the images that run, so that applying them changes none. Where nothing runs yet,
 * it is the image of the other workloads, or the one that is named, or the newest one that was pushed for the environment.
 * Changes nothing.
 *
 * @throws EnvsealError `MANIFEST_UNUSABLE`, `IMAGE_UNUSABLE` when no image is known, `WRONG_CLUSTER`, and what the ports throw.
 */
export async function appliedManifests(
  request: AppliedRequest,
  ports: AppliedPorts,
): Promise<AppliedManifests> {
  const { settings } = request
  const texts = await manifestTexts(request.named, request.folder, ports)
  const found = placesIn(texts, settings)
  checkServer({ settings }, ports)
  const [live, lease] = await inOrder([
    inOrder(settings.workloads.map(async (wanted) => ({ wanted, live: await ports.cluster.read(wanted) }))),
    ports.cluster.readLease(scopeOf(settings).lease),
  ])
  if (lease?.spec.holderIdentity) {
    ports.log.warn(
      `${holderOf(lease)} deploys ${settings.name} now: an image that changes meanwhile would be set back; apply these once that is done`,
    )
  }
  const choose = new ImageChoice(request, live, ports)
  const texted: string[] = []
  const given: GivenImage[] = []
  for (const { file, text, places } of found) {
    const images = []
    for (const place of places) {
      const { image, because } = await choose.imageFor(place)
      images.push({ splice: place.splice, image })
      given.push({ workload: workloadText(place.workload), container: place.container, image, because })
    }
    texted.push(`# ${printable(file)}\n${ended(withImages(text, images))}`)
  }
  if (request.image !== null && given.every(({ because }) => because === "it runs"))
    ports.log.warn("every container runs an image already, so that --image changes nothing; deploy it")
  return { text: texted.join("---\n"), given }
}

interface FoundPlaces extends ManifestText {
  readonly places: readonly ImagePlace[]
}

/** @throws EnvsealError `MANIFEST_UNUSABLE` with everything that is at fault. */
function placesIn(texts: readonly ManifestText[], settings: EnvironmentSettings): readonly FoundPlaces[] {
  const problems: Problem[] = []
  const found = texts.map(({ file, text }) => {
    const { places, fault } = imagePlacesIn(text)
    if (fault !== null) {
      problems.push({ code: "BAD_MANIFEST", name: placeText(file, fault.place), reason: fault.reason })
      return { file, text, places: [] }
    }
    const ours = releasePlaces(settings, file, places)
    problems.push(...ours.problems)
    return { file, text, places: ours.places }
  })
  if (problems.length > 0) {
    throw new EnvsealError("MANIFEST_UNUSABLE", `the manifests of ${settings.name} cannot be applied`, {
      problems,
      hint: "correct these places; what Helm or kustomize makes is handed over by -f -",
    })
  }
  if (found.some(({ places }) => places.length > 0)) return found
  throw new EnvsealError(
    "MANIFEST_UNUSABLE",
    `no workload of ${settings.name} is in ${found.map(({ file }) => printable(file)).join(", ")}`,
    { hint: "name the files that have them with -f FILE, or the workloads in envseal.yaml" },
  )
}

type Choice = Pick<GivenImage, "image" | "because">

/** Which image belongs into a container. What has to be asked for is asked for once, and only when it is needed. */
class ImageChoice {
  readonly #request: AppliedRequest
  readonly #ports: AppliedPorts
  readonly #running: RunningImages
  readonly #released: readonly string[]
  #first: Promise<Choice> | null = null

  constructor(
    request: AppliedRequest,
    found: readonly { readonly wanted: WorkloadSettings; readonly live: Workload | null }[],
    ports: AppliedPorts,
  ) {
    this.#request = request
    this.#ports = ports
    this.#running = Object.fromEntries(
      found.map(({ wanted, live }) => [workloadText(wanted), live === null ? {} : allImages(live)]),
    )
    const released = found.flatMap(({ wanted, live }) =>
      live === null ? [] : Object.values(liveImages(wanted, live, request.settings)),
    )
    this.#released = distinctImages(released.filter((image) => !isExampleImage(image)))
  }

  async imageFor(place: ImagePlace): Promise<Choice> {
    const image = runningIn(this.#running, place)
    if (image !== null) return { image, because: "it runs" }
    this.#first ??= this.#choose()
    return this.#first
  }

  async #choose(): Promise<Choice> {
    const { image, settings } = this.#request
    const [released, ...others] = this.#released
    if (released !== undefined && others.length === 0)
      return { image: released, because: "the others run it" }
    if (image !== null) return { image: await this.#ports.named(image), because: "it was named" }
    if (others.length > 0) {
      throw new EnvsealError("IMAGE_UNUSABLE", `the workloads of ${settings.name} run different images`, {
        hint: `deploy first, so that all run one: envseal deploy ${settings.name}; or name it: --image`,
      })
    }
    const newest = await this.#ports.newest()
    if (newest !== null) return { image: newest, because: "it is the newest" }
    throw new EnvsealError(
      "IMAGE_UNUSABLE",
      `nothing of ${settings.name} runs yet, and no image is known to be of its build`,
      { hint: "start its build and wait for it, or name an image: --image REPOSITORY@sha256:…" },
    )
  }
}

function allImages(workload: Workload): Images {
  const { containers, initContainers = [] } = podTemplateOf(workload).spec
  return Object.fromEntries([...containers, ...initContainers].map(({ name, image = "" }) => [name, image]))
}

function ended(text: string): string {
  return text.endsWith("\n") ? text : `${text}\n`
}
