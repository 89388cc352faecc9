import { createHash } from "node:crypto"
import { gzipSync, zstdCompressSync } from "node:zlib"
import { type TarEntry, tar } from "../tar.ts"
import type { Image, Repository } from "./repository.ts"

/** A layer to be pushed. */
export interface PushedLayer {
  readonly members: readonly TarEntry[]
  /** By default `gzip`. */
  readonly packing?: "tar" | "gzip" | "zstd"
  readonly createdBy?: string
  /** Without it, as family and packing have it. */
  readonly mediaType?: string
}

/** An image of one platform to be pushed. */
export interface PushedImage {
  readonly layers: readonly PushedLayer[]
  readonly tags?: readonly string[]
  /** By default `oci`. */
  readonly family?: "docker" | "oci"
  readonly labels?: Readonly<Record<string, string>>
  readonly workingDir?: string
  readonly env?: readonly string[]
  /** Such as `arm64`, by default `amd64`. */
  readonly architecture?: string
  readonly annotations?: Readonly<Record<string, string>>
}

/** What a push puts into a repository. */
export interface Push {
  readonly digest: string
  readonly mediaType: string
  readonly size: number
  readonly architecture: string
  readonly images: readonly Image[]
  readonly blobs: Readonly<Record<string, string>>
}

const pushedAt = "2026-01-02T03:04:05Z"
const packers = { tar: (bytes: Buffer) => bytes, gzip: gzipSync, zstd: zstdCompressSync } as const

/** Digest of the bytes as a registry knows them. */
export function digest(bytes: string | Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`
}

/** An image as `docker push` leaves it in a repository. */
export function pushImage(image: PushedImage): Push {
  const { family = "oci", tags = [], architecture = "amd64", annotations } = image
  const layers = image.layers.map((layer) => {
    const bytes = tar(layer.members)
    return { tar: bytes, blob: Buffer.from(packers[layer.packing ?? "gzip"](bytes)), layer }
  })
  const config = JSON.stringify(
    configOf(
      image,
      layers.map((one) => digest(one.tar)),
    ),
  )
  const configType = family === "docker" ? "docker.container.image" : "oci.image.config"
  const mediaType =
    family === "docker"
      ? "application/vnd.docker.distribution.manifest.v2+json"
      : "application/vnd.oci.image.manifest.v1+json"
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType,
    config: descriptor(`application/vnd.${configType}.v1+json`, config),
    layers: layers.map(({ layer, blob }) => descriptor(layer.mediaType ?? typeOf(layer, family), blob)),
    ...(annotations !== undefined && { annotations }),
  })
  const own: Image = { digest: digest(manifest), tags, pushedAt, manifest, mediaType }
  return {
    ...{ digest: own.digest, mediaType, size: manifest.length, architecture, images: [own] },
    blobs: Object.fromEntries(
      [Buffer.from(config), ...layers.map(({ blob }) => blob)].map((blob) => [
        digest(blob),
        blob.toString("base64"),
      ]),
    ),
  }
}

function configOf(image: PushedImage, diffIds: readonly string[]): object {
  const { layers, labels = {}, workingDir = "/app", env = [], architecture = "amd64" } = image
  const created = pushedAt
  return {
    architecture,
    created,
    os: "linux",
    config: { Env: env, Entrypoint: ["envseal", "open", "--"], WorkingDir: workingDir, Labels: labels },
    rootfs: { type: "layers", diff_ids: diffIds },
    history: [
      ...layers.map(({ createdBy = "COPY . . # buildkit" }) => ({ created, created_by: createdBy })),
      { created, created_by: "USER 10001", empty_layer: true },
    ],
  }
}

function typeOf({ packing = "gzip" }: PushedLayer, family: string): string {
  if (family === "docker")
    return `application/vnd.docker.image.rootfs.diff.tar${packing === "tar" ? "" : `.${packing}`}`
  return `application/vnd.oci.image.layer.v1.tar${packing === "tar" ? "" : `+${packing}`}`
}

function descriptor(mediaType: string, bytes: string | Uint8Array): object {
  return { mediaType, digest: digest(bytes), size: Buffer.from(bytes).length }
}

/** What `docker buildx` pushes for several platforms, each with what attests to it. */
export function pushIndex(
  platforms: readonly Push[],
  options: {
    readonly tags?: readonly string[]
    readonly family?: "docker" | "oci"
    readonly attested?: boolean
  } = {},
): Push {
  const { tags = [], family = "oci", attested = false } = options
  const attestations = attested ? platforms.map(attestationOf) : []
  const mediaType =
    family === "docker"
      ? "application/vnd.docker.distribution.manifest.list.v2+json"
      : "application/vnd.oci.image.index.v1+json"
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType,
    manifests: [
      ...platforms.map((one) => ({
        ...entry(one),
        platform: { architecture: one.architecture, os: "linux" },
      })),
      ...attestations.map((one, at) => ({
        ...entry(one),
        platform: { architecture: "unknown", os: "unknown" },
        annotations: {
          "vnd.docker.reference.digest": platforms[at]?.digest,
          "vnd.docker.reference.type": "attestation-manifest",
        },
      })),
    ],
  })
  const own: Image = { digest: digest(manifest), tags, pushedAt, manifest, mediaType }
  const all = [...platforms, ...attestations]
  return {
    ...{ digest: own.digest, mediaType, size: manifest.length, architecture: "" },
    images: [own, ...all.flatMap(({ images }) => images)],
    blobs: Object.assign({}, ...all.map(({ blobs }) => blobs)),
  }
}

function entry({ mediaType, digest, size }: Push): object {
  return { mediaType, digest, size }
}

function attestationOf({ digest: subject }: Push): Push {
  const members = [{ path: "statement.json", content: subject }]
  return pushImage({ layers: [{ members, mediaType: "application/vnd.in-toto+json", packing: "tar" }] })
}

/** A repository with what was pushed to it. */
export function stocked(name: string, pushes: readonly Push[], part: Partial<Repository> = {}): Repository {
  const images = new Map(pushes.flatMap((push) => push.images).map((image) => [image.digest, image]))
  return {
    name,
    images: [...images.values()],
    blobs: Object.assign({}, ...pushes.map(({ blobs }) => blobs)),
    ...part,
  }
}
