import { z } from "zod"
import type { Conclusion } from "../../src/setup/core/conclusion.ts"
import type { NewFile, NextStep } from "../../src/setup/core/file.ts"
import type { EnvAddResult } from "../../src/setup/run/env-add.ts"
import type { InitResult } from "../../src/setup/run/init.ts"
import type { Placed } from "../../src/setup/run/place-files.ts"
import { shapeOf, text, texts } from "./shape.ts"

const placed = shapeOf<Placed>("Placed")(
  z.object({
    path: text,
    outcome: z.enum(["written", "unchanged", "replaced", "kept", "beside", "added"]),
    beside: text.nullable().describe("Where it was written instead."),
  }),
)

const step = shapeOf<NextStep>("NextStep")(z.object({ what: text, commands: texts }))

const conclusion = shapeOf<Conclusion>()(
  z.object({ what: text.describe("What the app needs."), from: text.describe("What says so.") }),
)

const newFile = shapeOf<NewFile>()(
  z.object({
    path: text,
    text,
    executable: z.boolean(),
    onlyWith: text.optional(),
    onlyAdds: z.boolean().optional(),
  }),
)

const dryRun = z.boolean()

const initResult = shapeOf<InitResult>()(
  z.object({
    environments: texts,
    concluded: z.array(conclusion),
    placed: z.array(placed),
    written: texts.describe("Paths of the files that are new, or would be."),
    next: z.array(step),
  }),
)

export const init = z.object({ dryRun, ...initResult.shape })

const addResult = shapeOf<EnvAddResult>()(
  z.object({
    environment: text,
    from: text.describe("The environment that it is like."),
    leftOut: texts,
    difference: texts.describe("Of the settings, line by line."),
    files: z.array(newFile),
    placed: z.array(placed),
    secret: z.object({ name: text, outcome: z.enum(["created", "exists"]).nullable() }),
    next: z.array(step),
  }),
)

export const envAdd = z.object({ dryRun, ...addResult.shape })
