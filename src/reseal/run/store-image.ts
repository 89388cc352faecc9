import { EnvsealError } from "../../core/error.ts"
import { printable } from "../../core/text.ts"
import type { ImagePart } from "../../image/exchange.ts"
import { fetchManifest, type ImageSource } from "../../image/fetch.ts"
import type { ImageWriter } from "../../ports/image-store.ts"
import type { ExchangedImage } from "./exchange-image.ts"

/**
 * Puts an image into the repository: layers and configurations first, then the images of an index, and at last what has
 * the tag. Until then nobody sees any of it, and ECR clears away what no image names.
 *
 * @throws EnvsealError `TARGET_EXISTS` when another image got the tag meanwhile and keeps it, or as an `ImageWriter` does.
 */
export async function storeImage(
  { repository, reader }: ImageSource,
  writer: ImageWriter,
  { platforms, top }: ExchangedImage,
  tag: string,
): Promise<void> {
  const blobs = platforms.flatMap(({ layer, newConfiguration }) => [layer, newConfiguration])
  for (const { digest, bytes } of new Map(blobs.map((blob) => [blob.digest, blob])).values())
    await writer.upload(repository, digest, bytes)
  const parts = platforms.map(({ newManifest }) => newManifest).filter(({ digest }) => digest !== top.digest)
  for (const part of new Map(parts.map((one) => [one.digest, one])).values())
    await writer.put(repository, storedManifest(part), null)
  if ((await writer.put(repository, storedManifest(top), tag)) === "put") return
  // An answer may have been lost, and the tag be on this very image.
  const there = await fetchManifest({ repository, reader }, tag)
  if (there?.digest !== top.digest) throw tagTaken(repository, tag)
}

function storedManifest({ digest, mediaType, bytes }: ImagePart) {
  return { digest, mediaType, text: Buffer.from(bytes).toString() }
}

export function tagTaken(repository: string, tag: string): EnvsealError {
  return new EnvsealError("TARGET_EXISTS", `the tag ${printable(tag)} is on another image in ${repository}`, {
    hint: "give a tag of this build alone, such as build-${CODEBUILD_BUILD_ID##*:}",
  })
}
