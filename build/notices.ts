import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

const packageFolder = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//

/**
 * The licences of the packages that modules are of, each with its text, as they ask for where a copy is given on.
 *
 * @param modules paths of files.
 * @throws Error for a package without a text of its licence.
 */
export function noticesOf(modules: readonly string[]): string {
  const folders = new Set(modules.flatMap((path) => packageFolder.exec(path)?.[1] ?? []))
  const notices = [...folders].map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))
    return { name: String(name), text: `${name} ${version} (${license})\n\n${licenceIn(folder)}\n` }
  })
  notices.sort((one, other) => (one.name < other.name ? -1 : 1))
  const rule = `\n${"-".repeat(80)}\n\n`
  return `The program of envseal contains code of these packages.\n${rule}${notices.map(({ text }) => text).join(rule)}`
}

function licenceIn(folder: string): string {
  const names = existsSync(folder) ? readdirSync(folder) : []
  const found = names.filter((name) => /^(?:licen[cs]e|notice)(?:\.\w+)?$/i.test(name)).sort()
  if (found.length === 0) throw new Error(`${folder} has no text of its licence`)
  return found.map((name) => readFileSync(join(folder, name), "utf8").trim()).join("\n\n")
}
