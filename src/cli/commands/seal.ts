import type { Command } from "commander"
import { count } from "../../core/text.ts"
import {
  addJsonOption,
  addRecipientOptions,
  addSourceOptions,
  addTalkOptions,
  type CommonOptions,
  collect,
} from "../options.ts"
import { printJson } from "../output.ts"
import { type RecipientOptions, readRecipients } from "../recipients.ts"
import { buildOf, type SourceOptions, sourcesOf } from "../sources.ts"
import { makeTalk } from "../talk.ts"
import { makePorts } from "../wiring.ts"

interface SealOptions extends CommonOptions, RecipientOptions, SourceOptions {
  readonly context?: readonly string[]
  readonly out: string
  readonly binary: boolean
}

const sealedMode = 0o644

export function addSeal(program: Command): void {
  const command = program.command("seal").description("turn a secret's JSON into an encrypted .env")
  addSourceOptions(command)
  addRecipientOptions(command)
  command
    .option("-c, --context <pairs>", "what it is for: app=shop,environment=production ; repeatable", collect)
    .option("-o, --out <file>", "the envelope to write; - is standard output", ".env.sealed")
  addJsonOption(addTalkOptions(command))
    .addHelpText(
      "after",
      `
Example:
  $ envseal seal --from env:APP_SECRET --require .env.example \\
      -r age1… --context app=shop,environment=production`,
    )
    .action(run)
}

async function run(options: SealOptions): Promise<void> {
  const talk = makeTalk(options)
  const ports = await makePorts(talk)
  const [{ seal }, { parseContext }] = await Promise.all([
    import("../../app/seal.ts"),
    import("../../envelope/context.ts"),
  ])
  const recipients = await readRecipients(options, ports)
  const context = parseContext(options.context ?? [], "--context")
  const { bytes, provenance } = await seal(
    {
      ...sourcesOf(options),
      recipients,
      context,
      armored: !options.binary,
      build: buildOf(ports.environment),
    },
    ports,
  )
  const toStdout = options.out === "-"
  if (toStdout) {
    const { writeStdout } = await import("../../adapters/node/standard-streams.ts")
    writeStdout(bytes)
  } else {
    await ports.files.replace(options.out, bytes, sealedMode)
  }
  const { names } = provenance
  talk.note(
    `sealed ${count(names, "name")} for ${count(recipients.length, "recipient")}${toStdout ? "" : ` into ${options.out}`}`,
  )
  if (options.json && !toStdout) {
    printJson({
      out: options.out,
      bytes: bytes.length,
      context,
      provenance,
      recipients: recipients.map(({ text }) => text),
    })
  }
}
