import { EnvsealError } from "../../core/error.ts"
import { decodeUtf8 } from "../../core/text.ts"
import type { Files } from "../../ports/files.ts"

const maxBytes = 1_048_576

/** Text of a file of the repository; `null` when it is not there, or is no text that can be read. */
export async function readRepositoryText(files: Files, path: string): Promise<string | null> {
  try {
    if (!(await files.exists(path))) return null
    return decodeUtf8(await files.read(path, maxBytes))
  } catch (error) {
    if (error instanceof EnvsealError) return null
    throw error
  }
}
