import { EnvsealError } from "../../core/error.ts"
import type { ImageReader } from "../../ports/image-store.ts"
import { type Fact, learn, type Patience } from "../core/fact.ts"

/** No image and no layer has this digest: the answer says only whether one may ask. */
const nothing = `sha256:${"0".repeat(64)}`
const mediaTypes = ["application/vnd.oci.image.manifest.v1+json"]

/** Which of the actions that read parts of images are denied; empty when all are allowed. Nothing is read. */
export function learnImageAccess(
  repository: string,
  images: ImageReader,
  patience: Patience,
): Promise<Fact<readonly string[]>> {
  return learn("ECR", patience, async () => {
    const denied = await Promise.all([
      isDenied(() => images.manifest(repository, nothing, mediaTypes)).then((is) =>
        is ? ["ecr:BatchGetImage"] : [],
      ),
      isDenied(() => askForLayer(repository, images)).then((is) =>
        is ? ["ecr:GetDownloadUrlForLayer"] : [],
      ),
    ])
    return denied.flat()
  })
}

async function isDenied(ask: () => Promise<unknown>): Promise<boolean> {
  try {
    await ask()
    return false
  } catch (error) {
    if (error instanceof EnvsealError && error.code === "ACCESS_DENIED") return true
    throw error
  }
}

async function askForLayer(repository: string, images: ImageReader): Promise<void> {
  try {
    for await (const _ of images.blob(repository, { digest: nothing, size: 1 })) return
  } catch (error) {
    // That there is no such layer is told to who may ask.
    if (!(error instanceof EnvsealError && error.code === "IMAGE_UNUSABLE")) throw error
  }
}
