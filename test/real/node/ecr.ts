import type { FakeAws } from "../../fake/aws/client.ts"
import type { Image, Repository } from "../../fake/aws/repository.ts"
import type { Blob, OciImage } from "./oci.ts"

const pushedAt = "2026-01-02T03:04:05Z"

/** Lets ECR say that there is an image of this digest. */
export function announceDigest(aws: FakeAws, digest: string): Promise<void> {
  return add(aws, { digest, tags: [], pushedAt })
}

/**
 * Lets ECR have an image. Of its layers it has the bytes of the last one alone: nobody is to read the others there, and
 * a large one would go through every look at the fake's world.
 */
export function announceImage(aws: FakeAws, { manifest, parts }: OciImage): Promise<void> {
  const [config, ...layers] = parts
  const kept = [config, layers.at(-1)]
  const blobs = parts.map((blob) => [blob.digest, kept.includes(blob) ? blob.bytes.toString("base64") : ""])
  const text = manifest.bytes.toString()
  const image = {
    digest: manifest.digest,
    tags: [],
    pushedAt,
    manifest: text,
    mediaType: JSON.parse(text).mediaType,
  }
  return add(aws, image, Object.fromEntries(blobs))
}

/** An image of ECR with those of its parts whose bytes are there. @throws Error when there is no such image. */
export async function imageInEcr(aws: FakeAws, digest: string): Promise<OciImage> {
  const { images, blobs = {} } = await shopOf(aws)
  const text = images.find((image) => image.digest === digest)?.manifest
  if (text === undefined) throw new Error(`ECR has no manifest of ${digest}`)
  const { config, layers }: ImageManifest = JSON.parse(text)
  const parts = [config, ...layers]
    .map((part): Blob => ({ digest: part.digest, bytes: Buffer.from(blobs[part.digest] ?? "", "base64") }))
    .filter(({ bytes }) => bytes.length > 0)
  return { manifest: { digest, bytes: Buffer.from(text) }, parts }
}

/** What a manifest names. */
export interface ImageManifest {
  readonly config: { readonly digest: string; readonly size: number }
  readonly layers: readonly { readonly digest: string; readonly size: number }[]
}

async function add(aws: FakeAws, image: Image, blobs: Repository["blobs"] = {}): Promise<void> {
  const shop = await shopOf(aws)
  const images = [...shop.images.filter(({ digest }) => digest !== image.digest), image]
  await aws.setWorld({ repositories: [{ ...shop, images, blobs: { ...shop.blobs, ...blobs } }] })
}

async function shopOf(aws: FakeAws): Promise<Repository> {
  const [shop] = (await aws.world()).repositories
  if (shop === undefined) throw new Error("ECR has no repository")
  return shop
}
