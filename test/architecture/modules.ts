import { readdirSync, readFileSync } from "node:fs"
import { dirname, join, relative } from "node:path"
import { parseSync } from "oxc-parser"

const source = join(import.meta.dirname, "../../src")

/** One file of src/: what it imports, types included, and its text. */
export interface Module {
  /** Path below src/, such as `dotenv/read.ts`. */
  readonly path: string
  /** Paths below src/ that it imports. */
  readonly local: readonly string[]
  /** Packages and `node:` modules that it imports, or asks `process.getBuiltinModule` for. */
  readonly external: readonly string[]
  readonly text: string
}

export function readModules(): Module[] {
  return readdirSync(source, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .sort()
    .map(readModule)
}

function readModule(path: string): Module {
  const text = readFileSync(join(source, path), "utf8")
  const specifiers = specifiersOf(path, text)
  return {
    path,
    text,
    local: specifiers
      .filter((specifier) => specifier.startsWith("."))
      .map((specifier) => relative(source, join(source, dirname(path), specifier))),
    external: specifiers.filter((specifier) => !specifier.startsWith(".")),
  }
}

function specifiersOf(path: string, text: string): string[] {
  const { module, errors } = parseSync(path, text)
  if (errors.length > 0) throw new Error(`${path} does not parse`)
  const quoted = module.dynamicImports.map((entry) =>
    text.slice(entry.moduleRequest.start, entry.moduleRequest.end),
  )
  return [
    ...module.staticImports.map((entry) => entry.moduleRequest.value),
    ...module.staticExports.flatMap((entry) =>
      entry.entries.flatMap(({ moduleRequest }) => (moduleRequest === null ? [] : [moduleRequest.value])),
    ),
    ...quoted.map((literal) => literal.slice(1, -1)),
    ...[...text.matchAll(/\bgetBuiltinModule\("([^"]+)"\)/g)].map(([, name = ""]) => name),
  ]
}
