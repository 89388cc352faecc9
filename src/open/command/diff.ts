import type { Command } from "commander"
import { answerIsNo } from "../../cli/exit.ts"
import type { Invocation } from "../../cli/invocation.ts"
import {
  addJsonOption,
  addLogOptions,
  addNestedOption,
  addRemoteOptions,
  type CommonOptions,
  collect,
} from "../../cli/options.ts"
import { printJson, printLines } from "../../cli/output.ts"
import { type RemoteOptions, startSession } from "../../cli/session.ts"
import { addSettingsOptions, type SettingsOptions, settingsOf } from "../../cli/settings.ts"
import type { Difference } from "../../dotenv/diff.ts"
import type { Ports } from "../../ports/envelope-ports.ts"
import { addUnlockOptions, expectationOf, type UnlockOptions, unlockOf } from "./unlock-options.ts"

interface DiffOptions extends CommonOptions, UnlockOptions, SettingsOptions, RemoteOptions {
  readonly expectAfter?: readonly string[]
  readonly nested: "refuse" | "json"
}

const marks: Readonly<Record<Difference["change"], string>> = { added: "+", removed: "-", changed: "~" }

export function addDiff(program: Command, { outcome }: Invocation): void {
  const command = program
    .command("diff")
    .description("which names differ between two envelopes, or an envelope and a source; never values")
    .argument("<before>", "an envelope, or a source as seal takes it")
    .argument("<after>", "the same")
  addUnlockOptions(addSettingsOptions(command)).option(
    "--expect-after <pairs>",
    "what <after> must be for, when that differs",
    collect,
  )
  addJsonOption(addLogOptions(addRemoteOptions(addNestedOption(command), 60_000)))
    .addHelpText(
      "after",
      `
Prints + for added, - for removed, ~ for changed. Ends with 3 when anything
differs.

Example:
  $ envseal diff .env.sealed file:secret.json -i key.txt`,
    )
    .action(async (before: string, after: string, options: DiffOptions) => {
      const settings = await settingsOf(options, { parents: true })
      const { log, ports, deadline } = await startSession(options, settings)
      const { diff } = await import("../run/compare.ts")
      const { expect, identities, kmsKeys } = unlockOf(options, ports.environment, settings)
      const expectAfter = expectationAfter(options, expect, ports)
      const request = {
        before,
        after,
        identities,
        kmsKeys,
        expectBefore: expect,
        expectAfter,
        nested: options.nested,
      }
      const differences = await deadline.race("diff", diff(request, ports))
      if (options.json) printJson({ same: differences.length === 0, differences })
      else printLines(differences.map(({ name, change }) => `${marks[change]} ${name}`))
      if (differences.length === 0) log.note("no name differs")
      else outcome.status = answerIsNo
    })
}

function expectationAfter(
  { expectAfter }: DiffOptions,
  expect: Readonly<Record<string, string>> | null,
  { environment }: Ports,
): Readonly<Record<string, string>> | null {
  return expectAfter === undefined ? expect : expectationOf(expectAfter, "--expect-after", environment)
}
