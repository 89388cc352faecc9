import type { EnvironmentSettings } from "../../config/settings.ts"
import type { Effect } from "../core/effect.ts"
import type { Happening } from "../core/event.ts"
import { failureOf } from "./failure.ts"
import type { DeployPorts } from "./ports.ts"
import { proveResealed } from "./prove-resealed.ts"

/** Proves that the image of a reseal has no other code. @returns `resealed`, or `image-refused`. */
export async function proveResealedImage(
  { image, origin }: Extract<Effect, { do: "prove-resealed" }>,
  { name, context }: Pick<EnvironmentSettings, "name" | "context">,
  { images, log }: Pick<DeployPorts, "images" | "log">,
): Promise<Happening> {
  const [repository = "", to = ""] = image.split("@")
  try {
    const pair = { from: origin.digest, to, context, environment: name }
    const source = { reader: images, repository }
    await proveResealed(pair, {
      source,
      decompress: (chunks, how) => images.decompress(chunks, how),
      onLayer: ({ digest, size }) => log.debug(`reading the layer ${digest} of what runs, ${size} bytes`),
    })
    return { type: "resealed" }
  } catch (error) {
    return { type: "image-refused", failure: failureOf(error) }
  }
}
