import { z } from "zod"
import type { Exposure } from "../../src/scan/core/exposure.ts"
import type { Leak } from "../../src/scan/core/finding.ts"
import type { LayerName } from "../../src/scan/core/image.ts"
import type { Proof } from "../../src/scan/core/image-start.ts"
import type { Skipped } from "../../src/scan/core/needle.ts"
import type { Encoding } from "../../src/scan/core/spelling.ts"
import type { Searched } from "../../src/scan/run/scan-target.ts"
import { growing, shapeOf, text, whole } from "./shape.ts"

const encoding = growing<Encoding>("A spelling of the value, such as base64.", /./)

const layer = shapeOf<LayerName>("LayerName")(
  z.object({
    number: whole.describe("From 1, the base image's first layer."),
    of: whole,
    digest: text.nullable(),
    createdBy: text.nullable().describe("The instruction that made it, as the history tells it."),
  }),
)

const place = shapeOf<Omit<Leak, "found">>()(
  z.object({
    layer: layer.nullable(),
    config: text.nullable().describe("Digest of the image's configuration."),
    path: text.nullable(),
    part: z.enum(["content", "path", "link", "attributes"]),
    field: text.nullable().describe("The place in a JSON file, such as config.Env[3]."),
  }),
)

const found = shapeOf<Leak["found"]>()(
  z.union([
    z.object({ type: z.literal("value"), name: text, encodings: z.array(encoding) }),
    z.object({ type: z.literal("exposure"), what: growing<Exposure>("What has no place in an image.", /./) }),
    z.object({
      type: z.literal("start"),
      proof: growing<Proof>("What of the image's start is not as it should be, such as entry.", /^[a-z]+$/),
      what: z.string(),
    }),
  ]),
)

const [value, exposure, start] = found.options

const skipped = shapeOf<Skipped>()(
  z.object({ name: text, reason: text.describe("Words that follow the name, such as: is a number.") }),
)

const searched = shapeOf<Searched>()(z.object({ names: whole, layers: whole, files: whole, bytes: whole }))

export const scanned = z.object({
  clean: z.boolean(),
  findings: z.array(
    z.union([value.extend(place.shape), exposure.extend(place.shape), start.extend(place.shape)]),
  ),
  more: whole.describe("How many finds there are beyond those in findings."),
  skipped: z.array(skipped).describe("Names whose values were not looked for."),
  searched,
})
