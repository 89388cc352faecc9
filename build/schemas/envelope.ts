import { z } from "zod"
import type { Provenance, SourceRecord } from "../../src/envelope/claims.ts"
import type { Inspection } from "../../src/open/run/read-claims.ts"
import type { ResealedImage } from "../../src/reseal/run/reseal-image.ts"
import type { Checked } from "../../src/seal/run/check-secret.ts"
import { difference, problems } from "./common.ts"
import { moment, shapeOf, text, texts, whole } from "./shape.ts"

const context = z.record(z.string(), z.string()).describe("The encryption context: what the envelope is for.")
const recipients = texts.describe("As they were named when sealing.")

const source = shapeOf<SourceRecord>()(
  z.union([
    z.object({ type: z.enum(["env", "file", "stdin", "inline"]), name: text.optional() }),
    z.object({ type: z.literal("aws-sm"), arn: text, versionId: text }),
  ]),
)

const provenance = shapeOf<Provenance>("Provenance")(
  z.object({
    sealedAt: moment,
    envseal: text.describe("The version of envseal that sealed it."),
    names: whole.describe("How many names it holds."),
    sources: z.array(source),
    buildId: text.optional(),
    commit: text.optional(),
  }),
)

export const inspection = shapeOf<Inspection>()(
  z.object({
    context,
    provenance,
    recipients,
    stanzas: texts.describe("Types of all stanzas, in their order."),
    payloadBytes: whole.describe("Size of the encrypted part."),
  }),
)

export const sealed = z.object({
  out: text.describe("Path of the envelope."),
  bytes: whole.describe("Its size."),
  context,
  provenance,
  recipients,
})

export const resealed = shapeOf<ResealedImage>()(
  z.object({
    image: text.describe("The new image with its digest, as workloads name it."),
    digest: text,
    tag: text,
    resealedFrom: text.describe("The digest of the image that it was made of."),
    existed: z.boolean().describe("Whether it was there under that tag, by a run before."),
    commit: text.nullable().describe("Of the code, as the image says it."),
    platforms: z.array(
      z.object({
        platform: text.nullable().describe("Such as linux/arm64; null without an index."),
        how: z
          .enum(["replace", "cover"])
          .describe("Whether the sealed file's layer gave way, or has a new one on top."),
      }),
    ),
    context,
    provenance,
  }),
)

export const rekeyed = z.object({
  out: text.describe("Path of the envelope."),
  before: recipients.describe("For whom it was sealed before."),
  recipients,
})

export const identity = z.object({
  out: text.describe("Path of the identity, which is secret."),
  recipient: text.describe("Its recipient, which is public."),
})

export const differences = z.object({ same: z.boolean(), differences: z.array(difference) })

const checkedSecret = shapeOf<Checked>()(
  z.object({ names: whole.describe("How many names would be sealed; 0 when there is a fault."), problems }),
)

export const checked = z.object({ ok: z.boolean(), ...checkedSecret.shape })
