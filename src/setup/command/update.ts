import { writeStderr } from "../../adapters/node/standard-streams.ts"
import type { AnswerStatus } from "../../cli/invocation.ts"
import { makeLog } from "../../cli/log.ts"
import type { CommonOptions } from "../../cli/options.ts"
import { printLines } from "../../cli/output.ts"
import { EnvsealError } from "../../core/error.ts"
import { count, printableLine } from "../../core/text.ts"
import { shown, type Updated } from "../core/renewal.ts"
import { sayNextSteps } from "../view/next-steps.ts"

interface UpdateOptions extends CommonOptions {
  readonly yes: boolean
  readonly dryRun: boolean
}

/** As a shell gives it for a program that SIGINT ended. */
const interrupted = 130

/** What `init --update` does. */
export async function runUpdate(options: UpdateOptions, outcome: AnswerStatus): Promise<void> {
  const log = makeLog(options)
  const { yes, dryRun, quiet } = options
  const [{ update }, { nodeWorkTree }, { canAsk, Interrupted, terminalAsker }, { initPorts }] =
    await Promise.all([
      import("../run/update.ts"),
      import("../../adapters/node/work-tree.ts"),
      import("../../cli/ask.ts"),
      import("../../cli/wiring/setup.ts"),
    ])
  const asks = !yes && !dryRun
  if (asks && !canAsk()) {
    throw new EnvsealError("USAGE", "init --update asks for each file, and there is no terminal", {
      hint: "--yes takes what nobody has changed, --dry-run shows all of it",
    })
  }
  const ports = {
    ...{ tree: nodeWorkTree("."), ...(await initPorts()), contexts: () => [], region: null, clone: null },
    asker: asks ? terminalAsker : null,
    show: (lines: readonly string[]) => writeStderr(lines.map((line) => `${printableLine(line)}\n`).join("")),
  }
  try {
    const result = await update({ dryRun }, ports)
    if (dryRun) printLines(result.updated.filter(differs).flatMap(shown))
    printLines(result.updated.map((one) => lineOf(one, dryRun)))
    log.note(
      `${count(result.updated.filter(isChanged).length, "file")} ${dryRun ? "would be written" : "written"}`,
    )
    sayNextSteps(result.next, quiet)
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error
    log.note("interrupted; nothing was written")
    outcome.status = interrupted
  }
}

const words: Readonly<Record<Updated["outcome"], readonly [done: string, would: string]>> = {
  written: ["written", "would be written"],
  unchanged: ["as it is written today", "as it is written today"],
  updated: ["updated; nobody had changed it", "would be updated; nobody has changed it"],
  merged: ["updated, with what you have changed", "would be updated, with what you have changed"],
  replaced: ["replaced", "would be replaced"],
  kept: ["left as it is", "would be left as it is, or asked for on a terminal"],
  beside: ["left as it is; written beside it", "would be written beside it"],
  gone: ["not there any more, and not written", "not there any more, and not written"],
}

function lineOf({ path, outcome }: Updated, dryRun: boolean): string {
  return `${path}: ${words[outcome][dryRun ? 1 : 0]}`
}

function differs({ difference }: Updated): boolean {
  return difference.length > 0
}

function isChanged({ outcome }: Updated): boolean {
  return outcome !== "unchanged" && outcome !== "kept" && outcome !== "gone"
}
