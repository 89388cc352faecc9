import { paint } from "../../cli/log.ts"
import { stderrIsTerminal, writeStderr, writeStdout } from "../../cli/output.ts"
import { EnvsealError, systemCode } from "../../core/error.ts"
import type { DeployView } from "./deploy-view.ts"
import { JsonView } from "./json-view.ts"
import { logGroupsOf } from "./log-groups.ts"
import type { LogMode } from "./log-share.ts"
import type { Scene } from "./narrator.ts"
import { PlainView } from "./plain-view.ts"

export interface ViewOptions extends Scene {
  readonly json: boolean
  readonly quiet: boolean
  /** `null` for what suits: the end of the log on a terminal, where the frame shows the rest, and else all of it. */
  readonly logs: LogMode | null
}

/** With `--json` a program on standard output, else a person on standard error: at a terminal, or reading a log. */
export async function viewOf({ json, quiet, logs, ...scene }: ViewOptions): Promise<DeployView> {
  const now = () => new Date()
  if (json) return still(new JsonView(now, untilClosed(writeStdout, writeStderr)))
  const live = stderrIsTerminal() && process.env["TERM"] !== "dumb" && !quiet
  if (!live) {
    const shown = logs ?? (quiet ? "none" : "full")
    const groups = logGroupsOf(process.env)
    const view = new PlainView({ ...scene, logs: shown, quiet, groups, now, write: writeStderr })
    const endGroup = () => view.endGroup()
    return { ...still(view), clear: endGroup, end: endGroup }
  }
  const [{ LiveView }, { terminalOf }] = await Promise.all([
    import("./live-view.ts"),
    import("../../cli/live-terminal.ts"),
  ])
  const terminal = terminalOf(process.stderr)
  return new LiveView({ ...scene, logs: logs ?? "tail", terminal, clock: { now }, paint })
}

/**
 * Writes until that fails, and then no more: what was begun in the cluster has to come to its end, whether or not
 * anybody reads of it. A reader that has gone wanted no more; of another reason, such as a full disk, one line is said.
 */
export function untilClosed(
  write: (text: string) => void,
  say: (text: string) => void,
): (text: string) => void {
  let isOpen = true
  return (text) => {
    if (!isOpen) return
    try {
      write(text)
    } catch (error) {
      if (!(error instanceof EnvsealError)) throw error
      isOpen = false
      if (systemCode(error.cause) !== "EPIPE") say(`envseal: ${error.message}; going on without it\n`)
    }
  }
}

/** A view that draws nothing that has to be cleared. */
function still(view: JsonView | PlainView): DeployView {
  return {
    progress: (progress) => view.progress(progress),
    line: (from, line) => view.line(from, line),
    state: () => view.state(),
    clear: () => {},
    end: () => {},
  }
}
