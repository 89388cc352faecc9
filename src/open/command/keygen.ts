import type { Command } from "commander"
import { addJsonOption, addLogOptions, type CommonOptions } from "../../cli/options.ts"
import { printJson, printLines } from "../../cli/output.ts"
import { startSession } from "../../cli/session.ts"
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
      "the identity file to write, for its owner alone; never overwritten",
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
      const { log, ports } = await startSession(options)
      const { keygen } = await import("../run/make-identity.ts")
      const { text, recipient } = await keygen({ postQuantum: options.pq }, ports)
      await ports.files.createSecret(options.out, encodeUtf8(text.reveal()))
      log.note(`the identity is in ${options.out}; keep it secret`)
      if (options.json) printJson({ out: options.out, recipient })
      else printLines([recipient])
    })
}
