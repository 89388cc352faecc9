import type { z } from "zod"
import { parseConfig } from "./load.ts"
import { dataOf } from "./node.ts"
import { fileSchema, isDigits } from "./schema.ts"
import { readYaml } from "./yaml.ts"

/** A settings file as it is written: without defaults filled in, and aliases followed. */
export type WrittenFile = z.output<typeof fileSchema>

/** Settings of one environment, or of `defaults`, as they are written. */
export type WrittenPart = WrittenFile["environments"][string]

/**
 * What a settings file says.
 *
 * @param file what it is called in messages.
 * @throws EnvsealError `CONFIG_MALFORMED` as `parseConfig` does.
 */
export function readWritten(text: string, file: string): WrittenFile {
  parseConfig(text, file)
  const { root } = readYaml(text)
  if (root === null) throw new Error("a settings file that was read cannot be read")
  const data = dataOf(root, isDigits)
  fileSchema.parse(data)
  // Its own order, which the schema's output has not.
  return data as WrittenFile
}
