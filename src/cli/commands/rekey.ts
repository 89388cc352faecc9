import type { Command } from "commander"
import { count } from "../../core/text.ts"
import {
  addIdentityOption,
  addJsonOption,
  addRecipientOptions,
  addTalkOptions,
  type CommonOptions,
} from "../options.ts"
import { printJson } from "../output.ts"
import { type RecipientOptions, readRecipients } from "../recipients.ts"
import { makeTalk } from "../talk.ts"
import { makePorts } from "../wiring.ts"

interface RekeyOptions extends CommonOptions, RecipientOptions {
  readonly in: string
  readonly out?: string
  readonly identity?: readonly string[]
  readonly binary: boolean
}

const sealedMode = 0o644

export function addRekey(program: Command): void {
  const command = program
    .command("rekey")
    .description("open an envelope and seal it again for other recipients")
    .option("--in <file>", "the envelope", ".env.sealed")
    .option("-o, --out <file>", "where to write; the envelope itself when not given")
  addRecipientOptions(addIdentityOption(command))
  addJsonOption(addTalkOptions(command))
    .addHelpText(
      "after",
      `
Context and provenance stay. Whoever has the old file can still open that one.

Example:
  $ envseal rekey -i old-key.txt -r age1…`,
    )
    .action(async (options: RekeyOptions) => {
      const talk = makeTalk(options)
      const ports = await makePorts(talk)
      const { rekey } = await import("../../app/rekey.ts")
      const recipients = await readRecipients(options, ports)
      const { bytes, before } = await rekey(
        {
          in: options.in,
          expect: null,
          identities: options.identity ?? [],
          recipients,
          armored: !options.binary,
        },
        ports,
      )
      const out = options.out ?? options.in
      await ports.files.replace(out, bytes, sealedMode)
      talk.note(
        `sealed ${out} again for ${count(recipients.length, "recipient")} (before: ${before.recipients.length})`,
      )
      if (options.json) {
        printJson({ out, before: before.recipients, recipients: recipients.map(({ text }) => text) })
      }
    })
}
