import { execFile } from "node:child_process"
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { hangMs } from "../hang.ts"

/** Values by name, byte for byte; `null` where a reader refuses the text. */
export type Values = ReadonlyMap<string, Buffer> | null

/** A new folder with each text as `0.env`, `1.env`, …, gone when `use` is done. */
export async function withTexts<T>(
  texts: readonly string[],
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "envseal-readers-"))
  try {
    await Promise.all(texts.map((text, at) => writeFile(join(folder, `${at}.env`), text)))
    return await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/**
 * Runs a program in `folder`. It sees no variable of ours, and `A` and `INHERITED` as what a value would pick up
 * if it were expanded. Values go through files, never through its arguments.
 */
export async function run(
  folder: string,
  command: string,
  args: readonly string[],
  path = "",
): Promise<void> {
  const env = { PATH: path || folder, LC_ALL: "C.UTF-8", A: "interpolated", INHERITED: "interpolated" }
  await promisify(execFile)(command, args, { cwd: folder, env, timeout: hangMs, maxBuffer: 1 << 26 })
}

/** A helper program beside this file. */
export function helper(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url))
}

/** The `result.json` that a helper program left. Its shape is the helper's business. */
export async function readResult<T>(folder: string): Promise<T> {
  return JSON.parse(await readFile(join(folder, "result.json"), "utf8"))
}

/** What a helper program writes for one file: base64 by name. */
export type Encoded = Readonly<Record<string, string>> | null

export function decoded(file: Encoded): Values {
  if (file === null) return null
  return new Map(Object.entries(file).map(([name, text]) => [name, Buffer.from(text, "base64")]))
}
