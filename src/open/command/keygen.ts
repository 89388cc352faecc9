import type { Command } from "commander"
import { addJsonOption, addLogOptions, type CommonOptions } from "../../cli/options.ts"
import { printJson, printLines } from "../../cli/output.ts"
import { startSession } from "../../cli/session.ts"
import { EnvsealError } from "../../core/error.ts"
import { encodeUtf8 } from "../../core/text.ts"

interface KeygenOptions extends CommonOptions {
  readonly out: string
  readonly pq: boolean
}

export function addKeygen(program: Command): void {
  const command = program
    .command("keygen")
    .description("make an identity file, and print its recipient")
    .option(
      "-o, --out <file>",
      "the identity file to write, for its owner alone; never overwritten; - is standard output",
      "envseal-identity.txt",
    )
    .option("--pq", "a post-quantum identity (ML-KEM-768 with X25519)", false)
  addJsonOption(addLogOptions(command))
    .addHelpText(
      "after",
      `
Keep the file where nobody else can read it. Its recipient is public.

Example:
  $ envseal keygen --out key.txt`,
    )
    .action(async (options: KeygenOptions) => {
      if (options.out === "-" && options.json) {
        throw new EnvsealError("USAGE", "--out - and --json exclude each other", { hint: "drop one of them" })
      }
      const { log, ports } = await startSession(options)
      const { keygen } = await import("../run/make-identity.ts")
      const { text, recipient } = await keygen({ postQuantum: options.pq }, ports)
      if (options.out === "-") {
        const { writeStdout } = await import("../../adapters/node/standard-streams.ts")
        writeStdout(text.reveal())
        log.note(`its recipient is ${recipient}`)
        return
      }
      await ports.files.createSecret(options.out, encodeUtf8(text.reveal()))
      log.note(`the identity is in ${options.out}; keep it secret`)
      if (options.json) printJson({ out: options.out, recipient })
      else printLines([recipient])
    })
}
