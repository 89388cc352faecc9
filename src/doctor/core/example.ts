import type { EnvironmentSettings } from "../../config/settings.ts"
import { EnvsealError } from "../../core/error.ts"
import { count, nameList, printable } from "../../core/text.ts"
import { exampleOf } from "../../dotenv/example.ts"
import { sortNames } from "../../dotenv/requirement.ts"
import { type Finding, no, of, ok, unchecked } from "./finding.ts"
import { advice, settingPlace } from "./remedy.ts"

/**
 * Whether there is a file that says which names the secret must have.
 *
 * @param examples the texts of those that are there, by path.
 */
export function judgeExample(settings: EnvironmentSettings, examples: ReadonlyMap<string, string>): Finding {
  const subject = of("require")
  if (settings.require === null) {
    return unchecked(subject, "require is not in envseal.yaml: no name of the secret is demanded")
  }
  const { file, except } = settings.require
  const path = printable(file)
  const text = examples.get(file)
  if (text === undefined) {
    return no(
      subject,
      `${path} does not exist, or is no text`,
      advice(`write it, with each name that the app needs, or correct ${settingPlace(settings, "require")}`),
    )
  }
  const example = readExampleText(text, path)
  if (typeof example === "string") return no(subject, example, advice("correct it: seal refuses to read it"))
  const names = [...example.keys()]
  if (names.length === 0) return no(subject, `${path} has no names`, advice("see that it is the right file"))
  const { wanted, idle } = sortNames(names, except)
  const told = `${path}: the secret must have ${count(wanted.length, "name")} of ${names.length}`
  if (idle.length === 0) return ok(subject, told)
  const place = settingPlace(settings, "require.except")
  return ok(subject, told, advice(`take out of except at ${place} what is not in ${path}: ${nameList(idle)}`))
}

/** What an example file has; why it cannot be read, where it cannot. */
export function readExampleText(text: string, path: string): ReadonlyMap<string, string> | string {
  try {
    return exampleOf(text, path)
  } catch (error) {
    if (error instanceof EnvsealError) return error.message
    throw error
  }
}
