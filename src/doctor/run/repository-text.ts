import { EnvsealError } from "../../core/error.ts"
import { decodeUtf8 } from "../../core/text.ts"
import type { Files } from "../../ports/files.ts"
import type { RepositoryPorts } from "./ports.ts"

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

const maxScripts = 200

/** The scripts of the repository, by their path from its top. */
export async function readScripts({
  files,
  folders,
  root,
}: RepositoryPorts): Promise<ReadonlyMap<string, string>> {
  const paths = (await folders.files(root, [".sh", ".bash"])).slice(0, maxScripts)
  const found = await Promise.all(
    paths.map(async (path) => [path.slice(root.length), await readRepositoryText(files, path)] as const),
  )
  return new Map(found.flatMap(([path, text]) => (text === null ? [] : [[path, text] as const])))
}
