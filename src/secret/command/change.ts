import type { Command } from "commander"
import type { Invocation } from "../../cli/invocation.ts"
import { InvalidValue } from "../../cli/option-spec.ts"
import { EnvsealError } from "../../core/error.ts"
import type { Secret } from "../../core/secret.ts"
import { parseSource } from "../../seal/run/source.ts"
import { type Recipe, recipeOf } from "../core/generate.ts"
import type { EditorPorts } from "../run/ports.ts"
import { applyChange, refuseSilence, untilInterrupted, type WriteOptions } from "./apply.ts"
import { type SecretSession, startSecret } from "./session.ts"
import { checkName, readValue } from "./value.ts"
import { addMaking, addWriting, change, type MakeOptions } from "./writing.ts"

interface SetOptions extends MakeOptions {
  readonly generate?: Recipe
  readonly rotate: boolean
}

export function addSet(group: Command, { outcome }: Invocation): void {
  addMaking(group, "set", {
    description: "give a name a value, from standard input, a hidden prompt or a generator",
  })
    .argument("<name>", "the name, such as DB_PASSWORD; never the value")
    .option(
      "--generate <recipe>",
      "laravel-key, hex:BYTES, base64:BYTES, uuid or password:LENGTH",
      readRecipe,
    )
    .option("--rotate", "APP_KEY: put the one before in front of APP_PREVIOUS_KEYS", false)
    .addHelpText(
      "after",
      `
A single line loses its line end; a value of several lines stays as it is.

Examples:
  $ envseal secret set production DB_PASSWORD
  $ pass show shop/db | envseal secret set production DB_PASSWORD --yes
  $ envseal secret set production APP_KEY --generate laravel-key --rotate`,
    )
    .action(async (environment: string, name: string, options: SetOptions) => {
      checkName(name)
      if (options.rotate && name !== "APP_KEY") {
        throw new EnvsealError("USAGE", "--rotate is for APP_KEY alone", {
          hint: "Laravel tries APP_PREVIOUS_KEYS where APP_KEY does not fit; no other name has that",
        })
      }
      if (options.generate === undefined && !options.yes) refuseSilence("pass --yes")
      outcome.status = await change(environment, options, {
        names: [name],
        changesOf: async (base, { ports }) => {
          const { setChanges } = await import("../run/set-value.ts")
          const value = await newValue(name, options, ports)
          return setChanges(name, value, base, { rotate: options.rotate })
        },
      })
    })
}

async function newValue(
  name: string,
  { generate: recipe }: SetOptions,
  ports: SecretSession["ports"],
): Promise<Secret> {
  if (recipe === undefined) return readValue(name, ports)
  const { generate } = await import("../core/generate.ts")
  return generate(recipe, ports.random)
}

function readRecipe(text: string): Recipe {
  const recipe = recipeOf(text)
  if (recipe !== null) return recipe
  throw new InvalidValue(
    "write laravel-key, uuid, hex:32, base64:32 or password:24; 8 bytes or 12 characters at least.",
  )
}

export function addUnset(group: Command, { outcome }: Invocation): void {
  addMaking(group, "unset", { description: "take names out of a secret" })
    .argument("<names...>", "the names")
    .addHelpText("after", "\nExample:\n  $ envseal secret unset production OLD_TOKEN")
    .action(async (environment: string, names: readonly string[], options: MakeOptions) => {
      outcome.status = await change(environment, options, {
        names,
        changesOf: async (base, { target }) => {
          const { unsetChanges } = await import("../run/set-value.ts")
          return unsetChanges(names, base, target)
        },
      })
    })
}

export function addRename(group: Command, { outcome }: Invocation): void {
  addMaking(group, "rename", { description: "give a value another name, at its place" })
    .argument("<old>", "the name that it has")
    .argument("<new>", "the name that it gets")
    .addHelpText("after", "\nExample:\n  $ envseal secret rename production DB_PASS DB_PASSWORD")
    .action(async (environment: string, from: string, to: string, options: MakeOptions) => {
      checkName(to)
      outcome.status = await change(environment, options, {
        names: [from, to],
        changesOf: async (base, { target }) => {
          const { renameChanges } = await import("../run/set-value.ts")
          return renameChanges({ from, to }, base, target)
        },
      })
    })
}

interface ImportOptions extends MakeOptions {
  readonly replace: boolean
}

export function addImport(group: Command, { outcome }: Invocation): void {
  addMaking(group, "import", {
    description: "take names and values over from a .env, a JSON file or another secret",
  })
    .argument("<source>", "dotenv:PATH, file:PATH (JSON), aws-sm:NAME, env:NAME, dotenv:- or -")
    .option("--replace", "take out the names that the source does not have", false)
    .addHelpText(
      "after",
      `
What is there already and is not in the source stays, unless --replace is given.

Examples:
  $ envseal secret import production dotenv:.env.production
  $ sops decrypt secrets.json | envseal secret import production - --yes`,
    )
    .action(async (environment: string, text: string, options: ImportOptions) => {
      const source = parseSource(text, "source")
      outcome.status = await change(environment, options, {
        names: [],
        changesOf: async (base, { ports }) => {
          const { importChanges } = await import("../run/import-source.ts")
          return importChanges(source, base, { replace: options.replace, nested: options.nested }, ports)
        },
      })
    })
}

export function addRestore(group: Command, { outcome }: Invocation): void {
  addWriting(group, "restore", { description: "make an old version, or a draft, the current one again" })
    .argument("<version>", "id of a version, or a staging label such as AWSPREVIOUS")
    .addHelpText("after", "\nExample:\n  $ envseal secret restore production AWSPREVIOUS")
    .action(async (environment: string, version: string, options: WriteOptions) => {
      const session = await startSecret(environment, options)
      const [{ prepareRestore }, { promoteVersion }] = await Promise.all([
        import("../run/restore-version.ts"),
        import("../run/store-version.ts"),
      ])
      const { target, ports } = session
      const { versionId, previous, differences } = await prepareRestore(
        target,
        version,
        options.nested,
        ports,
      )
      const promote = (watched: EditorPorts) => promoteVersion(target, { versionId, previous }, watched)
      outcome.status = await untilInterrupted(options, () =>
        applyChange(session, options, differences, promote),
      )
    })
}
