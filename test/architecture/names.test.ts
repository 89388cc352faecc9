import { parseSync } from "oxc-parser"
import { expect, test } from "vitest"
import { readModules } from "./modules.ts"

/** Its functions are called as the use cases are, for who reads the library alone. */
const facade = "library.ts"

/** The names that a file declares and exports; what it hands on from another file is not its own. */
function declaredIn(path: string, text: string): string[] {
  const { program } = parseSync(path, text)
  return program.body.flatMap((node) => {
    if (node.type !== "ExportNamedDeclaration" || node.declaration === null) return []
    const { declaration } = node
    if ("declarations" in declaration) {
      return declaration.declarations.flatMap(({ id }) => (id.type === "Identifier" ? [id.name] : []))
    }
    return "id" in declaration && declaration.id?.type === "Identifier" ? [declaration.id.name] : []
  })
}

/** Names that more than one file declares, with the files. */
function declaredTwice(all: readonly { readonly path: string; readonly text: string }[]): string[] {
  const files = new Map<string, string[]>()
  for (const { path, text } of all) {
    for (const name of new Set(declaredIn(path, text))) files.set(name, [...(files.get(name) ?? []), path])
  }
  return [...files]
    .filter(([, paths]) => paths.length > 1)
    .map(([name, paths]) => `${name}: ${paths.join(", ")}`)
}

test("no exported name is declared in two files, but for the façade of the library", () => {
  expect(declaredTwice(readModules().filter(({ path }) => path !== facade))).toEqual([])
})

test("an exported name that two files declare is found, whatever it is", () => {
  const one = {
    path: "one.ts",
    text: "export const a = 1\nexport function b() {}\nexport type C = string\nexport class D {}",
  }
  const other = {
    path: "other.ts",
    text: 'export { e } from "./e.ts"\nexport interface C {}\nexport const [x, a] = [1, 2], b = 3\nexport enum D {}',
  }
  expect(declaredTwice([one, other])).toEqual([
    "b: one.ts, other.ts",
    "C: one.ts, other.ts",
    "D: one.ts, other.ts",
  ])
})
