import type { Command } from "commander"
import {
  addJsonOption,
  addLogOptions,
  addRecipientOptions,
  addRemoteOptions,
  type CommonOptions,
} from "../../cli/options.ts"
import { printJson } from "../../cli/output.ts"
import { refuseOverwrite } from "../../cli/overwrite.ts"
import { type RemoteOptions, startSession } from "../../cli/session.ts"
import { count } from "../../core/text.ts"
import { unpinnedNote } from "../../envelope/pinned-keys.ts"
import type { Ports } from "../../ports/envelope-ports.ts"
import { type RecipientOptions, readRecipients } from "../../seal/command/recipient-options.ts"
import { addUnlockOptions, type UnlockOptions, unlockOf } from "./unlock-options.ts"

interface RekeyOptions extends CommonOptions, RecipientOptions, UnlockOptions, RemoteOptions {
  readonly in: string
  readonly out?: string
  readonly binary: boolean
}

const sealedMode = 0o644

export function addRekey(program: Command): void {
  const command = program
    .command("rekey")
    .description("open an envelope and seal it again for other recipients")
    .option("--in <file>", "the envelope; - is standard input", ".env.sealed")
    .option("-o, --out <file>", "where to write, - for standard output; the envelope itself when not given")
  addRecipientOptions(addUnlockOptions(command))
  addJsonOption(addLogOptions(addRemoteOptions(command, 60_000)))
    .addHelpText(
      "after",
      `
Context and provenance stay. Who has the old file can still open that one.

Example:
  $ envseal rekey -i old-key.txt -r age1…`,
    )
    .action(async (options: RekeyOptions) => {
      const { log, ports, deadline } = await startSession(options)
      await refuseOverwrite(options.out ?? options.in, inputsOf(options), ports.files)
      const { bytes, before, recipients, unpinned } = await deadline.race("rekey", rekeyWith(options, ports))
      const out = options.out ?? options.in
      if (out === "-") {
        const { writeStdout } = await import("../../adapters/node/standard-streams.ts")
        writeStdout(bytes)
      } else {
        await ports.files.replace(out, bytes, sealedMode)
      }
      log.note(
        `sealed ${out === "-" ? "it" : out} again for ${count(recipients.length, "recipient")} (before: ${before.recipients.length})`,
      )
      for (const [alias, arn] of unpinned) log.note(unpinnedNote(alias, arn))
      if (options.json && out !== "-") {
        printJson({ out, before: before.recipients, recipients: recipients.map(({ text }) => text) })
      }
    })
}

/** The envelope itself is meant to be replaced. */
function inputsOf({ identity = [], recipientsFile = [] }: RekeyOptions): string[] {
  return [...identity, ...recipientsFile]
}

async function rekeyWith(options: RekeyOptions, ports: Ports) {
  const { rekey } = await import("../run/rekey-envelope.ts")
  const recipients = await readRecipients(options, ports)
  const unlock = unlockOf(options, ports.environment)
  const request = { ...unlock, in: options.in, recipients, armored: !options.binary }
  return { ...(await rekey(request, ports)), recipients }
}
