import { addEnvironment } from "../../config/add-environment.ts"
import { demand, type With } from "../../config/demand.ts"
import { readWritten } from "../../config/entry-text.ts"
import { type Config, environmentOf, parseConfig } from "../../config/load.ts"
import { EnvsealError } from "../../core/error.ts"
import { nameList, printable } from "../../core/text.ts"
import { refuseClashes } from "../core/clash.ts"
import { deriveEnvironment, type GivenSettings } from "../core/derived-environment.ts"

/** What is asked for. */
export interface EnvironmentRequest {
  readonly name: string
  /** The environment that it is to be like; `null` for the last one of the file. */
  readonly from: string | null
  readonly given: GivenSettings
}

/** An environment that its file does not have yet. */
export interface NewEnvironment {
  /** The whole file with it. */
  readonly text: string
  readonly settings: With<"account" | "region" | "build">
  /** The environment that it is like. */
  readonly from: string
  /** All that were there before. */
  readonly others: readonly string[]
  /** Settings of that one which are not in it. */
  readonly leftOut: readonly string[]
}

/** For every name that is made of it: a role has at most 64 characters, a namespace has no capitals. */
const nameGrammar = /^[a-z](?:[a-z0-9-]{0,18}[a-z0-9])?$/

/**
 * Puts an environment into the text of a settings file.
 *
 * @param file what it is called in messages.
 * @throws EnvsealError `USAGE` for a name that is wrong or there already, and when it would share something with
 *   another environment; `CONFIG_MALFORMED` for a file with mistakes, or without account and Region.
 */
export function newEnvironment(text: string, file: string, request: EnvironmentRequest): NewEnvironment {
  const { name, given } = request
  const before = parseConfig(text, file)
  refuseName(name, before)
  const from = environmentOf(before, request.from ?? [...before.environments.keys()].at(-1) ?? "").name
  const { entry, leftOut } = deriveEnvironment(readWritten(text, file), { name, from, given })
  const after = addEnvironment(text, file, { name, entry, like: from })
  const settings = environmentOf(parseConfig(after, file), name)
  refuseClashes(settings, [...before.environments.values()])
  return {
    text: after,
    settings: demand(settings, ["account", "region", "build"], "envseal env add"),
    from,
    others: [...before.environments.keys()],
    leftOut,
  }
}

function refuseName(name: string, { environments, file }: Config): void {
  if (environments.has(name)) {
    throw new EnvsealError("USAGE", `${printable(file)} has ${printable(name)} already`, {
      hint: `choose another name than ${nameList([...environments.keys()])}, or remove its entry first`,
    })
  }
  if (nameGrammar.test(name)) return
  throw new EnvsealError("USAGE", `"${printable(name)}" is no name for an environment`, {
    hint: "write small letters, digits and -, at most 20, such as qa: roles and a namespace are called after it",
  })
}
