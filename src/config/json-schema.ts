import { z } from "zod"
import { fileSchema } from "./schema.ts"

/** The JSON Schema (draft 2020-12) of the settings file, for editors. */
export function settingsJsonSchema(): object {
  const { $schema, ...rest } = z.toJSONSchema(fileSchema, { io: "input", target: "draft-2020-12" })
  return { $schema, title: "envseal.yaml", ...rest }
}
