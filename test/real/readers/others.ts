import { execFileSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import { parse } from "dotenv"
import { decoded, type Encoded, helper, readResult, run, type Values, withTexts } from "./job.ts"

/** A reader that the file is not written for, and what it made of each text. */
export interface OtherRead {
  readonly name: string
  readonly version: string
  readonly files: readonly Values[]
}

const systemPath = "/usr/bin:/bin"

export async function readWithOthers(texts: readonly string[]): Promise<OtherRead[]> {
  return [
    readWithDotenv(texts),
    await readWithNode(texts),
    await readWithProgram("python-dotenv", "/usr/bin/python3", "python-dotenv.py", texts),
    await readWithProgram("ruby-dotenv", "ruby", "ruby-dotenv.rb", texts),
    await readWithBash(texts),
  ]
}

function readWithDotenv(texts: readonly string[]): OtherRead {
  const { version } = createRequire(import.meta.url)("dotenv/package.json")
  return {
    name: "npm dotenv",
    version,
    files: texts.map((text) => bufferValues(Object.entries(parse(text)))),
  }
}

/** One real `node --env-file` for each text. */
async function readWithNode(texts: readonly string[]): Promise<OtherRead> {
  return withTexts(texts, async (folder) => {
    const files = texts.map((_, at) => {
      const print = "process.stdout.write(JSON.stringify(process.env))"
      const args = [`--env-file=${at}.env`, "-e", print]
      const out = execFileSync(process.execPath, args, {
        cwd: folder,
        env: {},
        stdio: ["ignore", "pipe", "ignore"],
      })
      return bufferValues(Object.entries<string>(JSON.parse(out.toString("utf8"))))
    })
    return { name: "node --env-file", version: process.versions.node, files }
  })
}

async function readWithProgram(
  name: string,
  command: string,
  script: string,
  texts: readonly string[],
): Promise<OtherRead> {
  return withTexts(texts, async (folder) => {
    await run(folder, command, [helper(script)], systemPath)
    const { version, files } = await readResult<{ version: string; files: Encoded[] }>(folder)
    return { name, version, files: files.map(decoded) }
  })
}

async function readWithBash(texts: readonly string[]): Promise<OtherRead> {
  return withTexts(texts, async (folder) => {
    await run(folder, "/bin/bash", [helper("bash.sh")])
    const files = texts.map((_, at) => {
      const path = join(folder, `${at}.out`)
      return existsSync(path) ? parseEnvironment(readFileSync(path)) : null
    })
    return { name: "bash `set -a; . ./.env`", version: readFileSync(join(folder, "version"), "utf8"), files }
  })
}

/** What bash has in its environment without any file: from us, and of its own. */
const bashNames = new Set(["PATH", "LC_ALL", "A", "INHERITED", "PWD", "OLDPWD", "SHLVL", "_"])

/** The output of `env -0`. */
function parseEnvironment(bytes: Buffer): Values {
  const values = new Map<string, Buffer>()
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(0, start)
    const equals = bytes.indexOf("=", start)
    const name = bytes.subarray(start, equals).toString("utf8")
    if (!bashNames.has(name)) values.set(name, bytes.subarray(equals + 1, end))
    start = end + 1
  }
  return values
}

function bufferValues(entries: readonly (readonly [string, string])[]): Values {
  return new Map(entries.map(([name, value]) => [name, Buffer.from(value)]))
}
