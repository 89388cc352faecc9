import { Argument, type Command } from "commander"
import { printable } from "../core/text.ts"
import { workloadText } from "../core/workload.ts"
import { type Completion, completionOf, type KnownNames } from "./completion.ts"
import { completionScripts } from "./completion-scripts.ts"
import { writeStdout } from "./output.ts"
import { configOf } from "./settings.ts"

/** The command that prints a shell's script. */
export function addCompletion(program: Command): void {
  program
    .command("completion")
    .description("print the completion for a shell: commands, options, environments, workloads")
    .addArgument(new Argument("<shell>", "which shell").choices(Object.keys(completionScripts)))
    .addHelpText(
      "after",
      `
Examples:
  $ source <(envseal completion bash)
  $ source <(envseal completion zsh)
  $ envseal completion fish | source`,
    )
    .action((shell: keyof typeof completionScripts) => writeStdout(completionScripts[shell]))
}

/** What the scripts call: prints what may stand at the cursor, each with what it is. */
export async function complete(program: Command, words: readonly string[]): Promise<void> {
  const found = completionOf(program, words, await knownNames(words))
  writeStdout(
    linesOf(found)
      .map((line) => `${line}\n`)
      .join(""),
  )
}

function linesOf(found: Completion): string[] {
  if (found === "files") return [":files"]
  return found.map(({ word, about }) => `${printable(word)}\t${printable(about)}`)
}

/** None when there are no settings, or none that can be read: a Tab is no place to say so. */
async function knownNames(words: readonly string[]): Promise<KnownNames> {
  const config = words[words.indexOf("--config") + 1]
  try {
    const { environments } = await configOf(words.includes("--config") && config ? { config } : {})
    const workloads = [...environments.values()].flatMap((one) => one.workloads.map(workloadText))
    return { environments: [...environments.keys()], workloads: [...new Set(workloads)] }
  } catch {
    return { environments: [], workloads: [] }
  }
}
