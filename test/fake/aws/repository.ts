import { createHash } from "node:crypto"
import type { BuildBook } from "./build-book.ts"
import { successOf } from "./build-progress.ts"
import type { BuildRecord } from "./build-record.ts"
import type { PolicyDocument } from "./policy.ts"

/** An image in a repository of ECR. */
export interface Image {
  /** `sha256:` and 64 hexadecimal digits. */
  readonly digest: string
  readonly tags: readonly string[]
  /** Such as `2026-01-02T03:04:05Z`. */
  readonly pushedAt: string
  /** By default `ACTIVE`. */
  readonly status?: "ACTIVE" | "ARCHIVED" | "ACTIVATING"
  /** What it is an index of; without it, it is the image of one platform itself. */
  readonly index?: ImageIndex
  /** Its manifest and the type of it, where images are read part by part. */
  readonly manifest?: string
  readonly mediaType?: string
}

/** What `docker buildx` pushes: images of platforms, and with each of them what attests to it. */
export interface ImageIndex {
  /** Such as `linux/arm64`. */
  readonly platforms: readonly string[]
  readonly attested: boolean
}

/** The images that an index names, none of which has a tag. */
export function partsOf({ digest, pushedAt, status, index }: Image): readonly Image[] {
  if (index === undefined) return []
  const kinds = index.attested ? ["image", "attestation"] : ["image"]
  return index.platforms.flatMap((platform) =>
    kinds.map((kind) => ({
      digest: `sha256:${createHash("sha256").update(`${digest} ${platform} ${kind}`).digest("hex")}`,
      tags: [],
      pushedAt,
      ...(status === undefined ? {} : { status }),
    })),
  )
}

/** Whether a tag may be put on another image. */
export const tagMutabilities = ["MUTABLE", "IMMUTABLE"] as const

export type TagMutability = (typeof tagMutabilities)[number]

/** A repository of ECR, in the world's Region. */
export interface Repository {
  readonly name: string
  /** Another account than the world's. */
  readonly account?: string
  readonly policy?: PolicyDocument
  /** By default `MUTABLE`. What builds push is not held to it. */
  readonly imageTagMutability?: TagMutability
  /** What is there before any build. */
  readonly images: readonly Image[]
  /** Layers and configurations that are there, by digest, in base64. Of one that is empty, the bytes are not at hand. */
  readonly blobs?: Readonly<Record<string, string>>
}

/** `arn:aws:ecr:…:repository/NAME` */
export function repositoryArn(name: string, region: string, account: string): string {
  return `arn:aws:ecr:${region}:${account}:repository/${name}`
}

/** The images of a repository at a time of the builds' clock, with those that builds have pushed. */
export function imagesOf(
  repository: Repository,
  account: string,
  builds: BuildBook,
  now: number,
): readonly Image[] {
  return builds
    .all(now)
    .filter((record) => record.place.account === account && record.play.image?.repository === repository.name)
    .map((record) => ({ record, at: successOf(record, "POST_BUILD") }))
    .filter((push): push is Push => push.at !== null && push.at <= now)
    .sort((one, other) => one.at - other.at)
    .reduce(pushed, repository.images)
    .flatMap((image) => [image, ...partsOf(image)])
}

interface Push {
  readonly record: BuildRecord
  readonly at: number
}

// A tag is on one image. An image that is there already was pushed when it was pushed first.
function pushed(images: readonly Image[], { record, at }: Push): readonly Image[] {
  const { digest = "", index } = record.play.image ?? {}
  const tags = (record.play.image?.tags ?? []).map((tag) => tag.replace("{build}", record.uuid))
  const others = images.map((image) => ({ ...image, tags: image.tags.filter((tag) => !tags.includes(tag)) }))
  const same = others.find((image) => image.digest === digest)
  if (same === undefined) {
    const image = { digest, tags, pushedAt: new Date(at).toISOString() }
    return [...others, index === undefined ? image : { ...image, index }]
  }
  return others.map((image) => (image === same ? { ...image, tags: [...image.tags, ...tags] } : image))
}
