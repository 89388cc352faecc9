import { z } from "zod"
import type { VersionRecord } from "../../src/ports/secrets.ts"
import type { RunningVersion } from "../../src/secret/command/running.ts"
import type { VersionRole } from "../../src/secret/core/label.ts"
import { difference } from "./common.ts"
import { moment, shapeOf, text, texts } from "./shape.ts"

const of = { environment: text, secret: text.describe("Name or ARN, as the settings have it.") }

export const names = z.object({
  ...of,
  version: text.nullable().describe("Of the version that was read; null when it has none."),
  names: texts.describe("In the order of the secret."),
})

const record = shapeOf<VersionRecord>()(
  z.object({ versionId: text, labels: texts, createdAt: moment.nullable() }),
)
const role = shapeOf<VersionRole>()(z.enum(["current", "previous", "pending", "draft", "other"]))

export const versions = z.object({
  ...of,
  versions: z.array(record.extend({ role })).describe("Newest first."),
})

export const differences = z.object({
  before: text.describe("An environment."),
  after: text.describe("Another environment."),
  differences: z.array(difference),
})

const running = shapeOf<RunningVersion>()(
  z.object({ workload: text, version: text.nullable().describe("null when it was not recorded.") }),
)

export const changed = z.object({
  ...of,
  changes: z.array(difference),
  version: text.nullable().describe("The new current version; null when nothing was changed."),
  previous: text.nullable().optional().describe("The version before; missing when nothing was changed."),
  running: z
    .array(running)
    .nullable()
    .optional()
    .describe("What runs; null when that cannot be seen, missing when nothing was changed."),
})
