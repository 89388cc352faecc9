import { EnvsealError } from "../core/error.ts"

/** `IMAGE_MALFORMED`, for what no container can be made of. @param message names the image. */
export function malformedImage(message: string): EnvsealError {
  return new EnvsealError("IMAGE_MALFORMED", message, {
    hint: "give the digest of a container image, as docker build or docker buildx pushes it",
  })
}
