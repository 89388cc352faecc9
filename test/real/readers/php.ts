import { execFileSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import type { Dialect } from "../../../src/dotenv/read.ts"
import { decoded, type Encoded, helper, readResult, run, type Values, withTexts } from "./job.ts"

/** Where Debian puts PHP libraries. */
export const phpLibraries = "/usr/share/php"

/** Where `fetch-phpdotenv.sh` puts a newer phpdotenv than the system's. */
export const fetchedFolder = fileURLToPath(new URL("../../../.cache/phpdotenv", import.meta.url))

/** A phpdotenv on this machine: its version, and the folder for PHP's include path. */
export interface Phpdotenv {
  readonly version: string
  readonly folder: string
}

/** The phpdotenv of the system, then the fetched one, as far as they are there. */
export function phpdotenvs(): Phpdotenv[] {
  const found: Phpdotenv[] = []
  if (existsSync(join(phpLibraries, "Dotenv/autoload.php"))) {
    found.push({ version: packageVersion("php-vlucas-phpdotenv"), folder: phpLibraries })
  }
  const fetched = join(fetchedFolder, "version")
  if (existsSync(fetched)) {
    found.push({ version: readFileSync(fetched, "utf8"), folder: join(fetchedFolder, phpLibraries) })
  }
  return found
}

/** The upstream part of an installed Debian package's version: the library itself does not tell. */
function packageVersion(name: string): string {
  const output = execFileSync("dpkg-query", ["--show", "--showformat=${source:Upstream-Version}", name])
  return output.toString("utf8")
}

export function dialectOf({ version }: Phpdotenv): Dialect {
  const [major = 0, minor = 0] = version.split(".").map(Number)
  return major === 5 && minor < 5 ? "5.4" : "5.5"
}

/** What phpdotenv gives for each text: the loaded array, `$_ENV` after it, and `getenv()` after it. */
export interface PhpRead {
  readonly php: string
  readonly array: readonly Values[]
  readonly env: readonly Values[]
  readonly getenv: readonly Values[]
}

export type PhpResult = { readonly php: string } & Readonly<
  Record<"array" | "env" | "getenv", readonly Encoded[]>
>

export function phpRead({ php, array, env, getenv }: PhpResult): PhpRead {
  return { php, array: array.map(decoded), env: env.map(decoded), getenv: getenv.map(decoded) }
}

/** Runs phpdotenv with the system's PHP. No name may stand in two of the texts. */
export async function readWithPhp(phpdotenv: Phpdotenv, texts: readonly string[]): Promise<PhpRead> {
  return withTexts(texts, async (folder) => {
    await runPhp(folder, phpdotenv, "phpdotenv.php")
    return phpRead(await readResult<PhpResult>(folder))
  })
}

/** An entry as phpdotenv's parser gives it: name, value or `null`, and whether it would look up a variable. */
export type ParsedEntry = readonly [string, string | null, boolean]

/** The entries of each text before anything is looked up; `null` where phpdotenv refuses the text. */
export async function parseWithPhp(
  phpdotenv: Phpdotenv,
  texts: readonly string[],
): Promise<(ParsedEntry[] | null)[]> {
  const text = (base64: string) => Buffer.from(base64, "base64").toString("utf8")
  return withTexts(texts, async (folder) => {
    await runPhp(folder, phpdotenv, "entries.php")
    const files = await readResult<(ParsedEntry[] | null)[]>(folder)
    return files.map(
      (entries) =>
        entries?.map(([name, value, looksUp]) => [
          text(name),
          value === null ? null : text(value),
          looksUp,
        ]) ?? null,
    )
  })
}

/** What Laravel returned for a name: a string's bytes, or another type's value. */
export type LaravelValue = Buffer | boolean | null

export interface LaravelRead {
  readonly version: string
  readonly env: readonly LaravelValue[]
  readonly config: readonly LaravelValue[]
}

type Tagged = { readonly text: string } | { readonly value: boolean | null }

/** Boots Laravel on one text and asks `env()` and `config()` for each of the names. */
export async function readWithLaravel(
  phpdotenv: Phpdotenv,
  text: string,
  names: readonly string[],
): Promise<LaravelRead> {
  return withTexts([], async (folder) => {
    await writeFile(join(folder, ".env"), text)
    await writeFile(join(folder, "names.json"), JSON.stringify(names))
    await runPhp(folder, phpdotenv, "laravel.php")
    const { version, env, config } = await readResult<{ version: string; env: Tagged[]; config: Tagged[] }>(
      folder,
    )
    const untag = (tagged: Tagged) => ("text" in tagged ? Buffer.from(tagged.text, "base64") : tagged.value)
    return { version, env: env.map(untag), config: config.map(untag) }
  })
}

async function runPhp(folder: string, phpdotenv: Phpdotenv, script: string): Promise<void> {
  const includePath = [...new Set([phpdotenv.folder, phpLibraries])].join(":")
  await run(folder, "php", ["-d", `include_path=${includePath}`, helper(script)], process.env["PATH"])
}
