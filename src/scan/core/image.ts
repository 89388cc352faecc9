import { EnvsealError } from "../../core/error.ts"
import type { JsonObject } from "../../core/json-object.ts"
import { count, printable } from "../../core/text.ts"
import { normalPath } from "../../image/normal-path.ts"

/** An image by a manifest: paths of its parts in the archive. */
export interface ImageManifest {
  readonly config: string
  readonly layers: readonly { readonly path: string; readonly isTar: boolean }[]
}

/** What a JSON file of an archive says of images. */
export type ImageDocument =
  /** `manifest.json` as `docker save` writes it. */
  | { readonly type: "list"; readonly images: readonly ImageManifest[] }
  /** An OCI image manifest. */
  | { readonly type: "manifest"; readonly image: ImageManifest }
  | {
      readonly type: "config"
      readonly createdBy: readonly string[]
      readonly diffIds: readonly string[]
      /** The processor that it is for; `null` when it does not say. */
      readonly architecture: string | null
      /** What a container is run with. */
      readonly run: JsonObject
      /** The instruction of each step, of those that made no layer too. */
      readonly steps: readonly string[]
    }

/** What was read of an archive, by path. */
export interface Inventory {
  /** Read as a tar. */
  readonly layers: Set<string>
  /** Everything that has content, layers included. */
  readonly files: Set<string>
  readonly links: Map<string, string>
  readonly documents: Map<string, ImageDocument>
}

/** A layer as a person knows it. */
export interface LayerName {
  /** From 1, the base image first. */
  readonly number: number
  readonly of: number
  readonly digest: string | null
  /** The instruction that made it, as the history tells it. */
  readonly createdBy: string | null
}

/** Names for what was read, by path in the archive. */
export interface ImageNames {
  readonly images: number
  readonly layers: ReadonlyMap<string, LayerName>
  readonly configs: ReadonlyMap<string, string>
  /** Of each image, its configuration and its layers, the base image first, by path in the archive. */
  readonly held: readonly { readonly config: string; readonly layers: readonly string[] }[]
  /** Images that the archive names and does not hold, such as those for other platforms. */
  readonly absent: readonly string[]
}

const blobPath = /^blobs\/([a-z0-9+._-]+)\/([0-9a-f]{32,})$/
const layerPath = /^(?:(?:[^/]+\/)?layer\.tar|(?:sha256:)?[0-9a-f]{64}\.tar(?:\.gz|\.zst)?)$/
const documentPath = /^(?:manifest\.json|index\.json|(?:sha256:)?[0-9a-f]{64}(?:\.json)?)$/

/** Whether a path in an archive may be a layer: what it holds decides. */
export function mayBeLayer(path: string): boolean {
  return blobPath.test(path) || layerPath.test(path)
}

export function mayBeDocument(path: string): boolean {
  return blobPath.test(path) || documentPath.test(path)
}

/** @returns `null` for JSON that says nothing of images. */
export function readDocument(json: unknown): ImageDocument | null {
  if (Array.isArray(json)) return readList(json)
  if (!isObject(json)) return null
  return readManifest(json) ?? readConfig(json)
}

function readList(json: readonly unknown[]): ImageDocument | null {
  const images = json.flatMap((one) => {
    if (!isObject(one) || typeof one["Config"] !== "string" || !isTexts(one["Layers"])) return []
    const layers = one["Layers"].map((path) => ({ path: normalPath(path), isTar: true }))
    return [{ config: normalPath(one["Config"]), layers }]
  })
  return images.length === 0 ? null : { type: "list", images }
}

function readManifest({ config, layers }: Record<string, unknown>): ImageDocument | null {
  const configPath = descriptorPath(config)
  if (configPath === null || !Array.isArray(layers)) return null
  const read = layers.flatMap((layer) => {
    const path = descriptorPath(layer)
    return path === null ? [] : [{ path, isTar: /\btar\b/.test(String(layer.mediaType)) }]
  })
  return read.length === layers.length
    ? { type: "manifest", image: { config: configPath, layers: read } }
    : null
}

/** Of a descriptor, `blobs/sha256/…` (OCI image layout specification, "Blobs"). */
function descriptorPath(descriptor: unknown): string | null {
  if (!isObject(descriptor) || typeof descriptor["digest"] !== "string") return null
  const path = `blobs/${descriptor["digest"].replace(":", "/")}`
  return blobPath.test(path) ? path : null
}

function readConfig({
  rootfs,
  history,
  config,
  architecture,
}: Record<string, unknown>): ImageDocument | null {
  if (!isObject(rootfs)) return null
  const steps = Array.isArray(history) ? history.filter(isObject) : []
  const createdBy = steps.filter((step) => step["empty_layer"] !== true).map((step) => step["created_by"])
  return {
    type: "config",
    createdBy: createdBy.map((text) => (typeof text === "string" ? text : "")),
    diffIds: isTexts(rootfs["diff_ids"]) ? rootfs["diff_ids"] : [],
    architecture: typeof architecture === "string" ? architecture : null,
    run: isObject(config) ? config : {},
    steps: steps.map((step) => String(step["created_by"] ?? "")),
  }
}

function isObject(json: unknown): json is Record<string, unknown> {
  return typeof json === "object" && json !== null && !Array.isArray(json)
}

function isTexts(json: unknown): json is string[] {
  return Array.isArray(json) && json.every((one) => typeof one === "string")
}

/**
 * Ties what was read to the images that the archive says it holds.
 *
 * @param name what the archive is called in messages.
 * @throws EnvsealError `IMAGE_MALFORMED` when a part of an image was not read.
 */
export function nameImages(inventory: Inventory, name: string): ImageNames {
  const layers = new Map<string, LayerName>()
  const configs = new Map<string, string>()
  const absent: string[] = []
  const held = new Map<string, readonly string[]>()
  const images = imagesOf(inventory)
  for (const { image, listed } of images) {
    const missing = missingParts(image, inventory)
    if (!listed && missing.length === image.layers.length + 1) {
      absent.push(digestOf(image.config) ?? image.config)
      continue
    }
    if (missing.length > 0) throw incomplete(name, missing)
    configs.set(resolve(image.config, inventory), digestOf(image.config) ?? image.config)
    if (isRun(image)) {
      held.set(
        resolve(image.config, inventory),
        image.layers.map(({ path }) => resolve(path, inventory)),
      )
    }
    for (const [path, layer] of layerNames(image, inventory)) if (!layers.has(path)) layers.set(path, layer)
  }
  const ofImages = [...held].map(([config, paths]) => ({ config, layers: paths }))
  return { images: images.length, layers, configs, held: ofImages, absent }
}

/** Not an attestation, which BuildKit puts beside an image: that has statements in place of layers. */
function isRun({ layers }: ImageManifest): boolean {
  return layers.length === 0 || layers.some(({ isTar }) => isTar)
}

interface KnownImage {
  readonly image: ImageManifest
  /** Named by `docker save` itself: it wrote all of it. */
  readonly listed: boolean
}

function imagesOf({ documents }: Inventory): KnownImage[] {
  return [...documents.values()].flatMap((document): KnownImage[] => {
    if (document.type === "list") return document.images.map((image) => ({ image, listed: true }))
    return document.type === "manifest" ? [{ image: document.image, listed: false }] : []
  })
}

function missingParts({ config, layers }: ImageManifest, inventory: Inventory): string[] {
  const missing = layers.filter(({ path, isTar }) => {
    const read = isTar ? inventory.layers : inventory.files
    return !read.has(resolve(path, inventory))
  })
  const paths = missing.map(({ path }) => path)
  return inventory.files.has(resolve(config, inventory)) ? paths : [config, ...paths]
}

function incomplete(name: string, missing: readonly string[]): EnvsealError {
  const what = count(missing.length, "part")
  const first = printable(missing[0] ?? "")
  return new EnvsealError(
    "IMAGE_MALFORMED",
    `${name} lacks ${what} of an image, or they are no tar: ${first}`,
    {
      hint: "save the whole image; encrypted layers cannot be searched",
    },
  )
}

function layerNames({ config, layers }: ImageManifest, inventory: Inventory): [string, LayerName][] {
  const document = inventory.documents.get(resolve(config, inventory))
  const { createdBy, diffIds } = document?.type === "config" ? document : { createdBy: [], diffIds: [] }
  return layers.map(({ path }, at) => [
    resolve(path, inventory),
    {
      number: at + 1,
      of: layers.length,
      digest: digestOf(path) ?? diffIds[at] ?? null,
      createdBy: createdBy[at] || null,
    },
  ])
}

function digestOf(path: string): string | null {
  const [, algorithm, hex] = blobPath.exec(path) ?? []
  if (hex !== undefined) return `${algorithm}:${hex}`
  const [, bare] = /^(?:sha256:)?([0-9a-f]{64})(?:\.json)?$/.exec(path) ?? []
  return bare === undefined ? null : `sha256:${bare}`
}

const maxLinks = 8

function resolve(path: string, { links }: Inventory): string {
  let at = path
  for (let steps = 0; steps < maxLinks; steps++) at = links.get(at) ?? at
  return at
}
