import { EnvsealError } from "../../core/error.ts"
import type { Context } from "../../envelope/context.ts"
import { readEnvelope } from "../../envelope/open.ts"
import type { PlatformManifest } from "../../image/manifest.ts"
import type { SealedPlace } from "../../image/resealed-image.ts"
import { findSealedFile, type LayerReader } from "../../image/sealed-file.ts"

/**
 * Where an image has its sealed file, which must be an envelope: so no reseal can take another file for it.
 *
 * @param path as the new image has it.
 * @returns `null` when there is no such file.
 * @throws EnvsealError `IMAGE_MALFORMED` for a damaged layer, and what the registry throws.
 */
export async function sealedPlaceIn(
  image: { readonly manifest: PlatformManifest },
  path: string,
  reader: LayerReader,
): Promise<SealedPlace | null> {
  const found = await findSealedFile(image, path, reader)
  return found === null || contextIn(found.content) === null ? null : found
}

/** What a sealed file says that it is for; `null` for a file that is no envelope. */
export function contextIn(content: Uint8Array): Context | null {
  try {
    return readEnvelope(content, "the sealed file").claims.context
  } catch (error) {
    if (error instanceof EnvsealError) return null
    throw error
  }
}
