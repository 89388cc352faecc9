import type { Command } from "commander"
import type { Difference } from "../../dotenv/diff.ts"
import { answerIsNo } from "../exit.ts"
import type { Invocation } from "../invocation.ts"
import {
  addIdentityOption,
  addJsonOption,
  addNestedOption,
  addTalkOptions,
  type CommonOptions,
} from "../options.ts"
import { printJson, printLines } from "../output.ts"
import { makeTalk } from "../talk.ts"
import { makePorts } from "../wiring.ts"

interface DiffOptions extends CommonOptions {
  readonly identity?: readonly string[]
  readonly nested: "refuse" | "json"
}

const marks: Readonly<Record<Difference["change"], string>> = { added: "+", removed: "-", changed: "~" }

export function addDiff(program: Command, { outcome }: Invocation): void {
  const command = program
    .command("diff")
    .description("which names differ between two envelopes, or an envelope and a source; never values")
    .argument("<before>", "an envelope, or a source: env:NAME, file:PATH, -")
    .argument("<after>", "the same")
  addJsonOption(addTalkOptions(addNestedOption(addIdentityOption(command))))
    .addHelpText(
      "after",
      `
Prints + for added, - for removed, ~ for changed. Ends with 3 when anything differs.

Example:
  $ envseal diff .env.sealed file:secret.json -i key.txt`,
    )
    .action(async (before: string, after: string, options: DiffOptions) => {
      const talk = makeTalk(options)
      const { diff } = await import("../../app/diff.ts")
      const request = { before, after, identities: options.identity ?? [], nested: options.nested }
      const differences = await diff(request, await makePorts(talk))
      if (options.json) printJson({ same: differences.length === 0, differences })
      else printLines(differences.map(({ name, change }) => `${marks[change]} ${name}`))
      if (differences.length === 0) talk.note("no name differs")
      else outcome.status = answerIsNo
    })
}
