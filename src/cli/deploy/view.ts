import { stderrIsTerminal, writeStderr, writeStdout } from "../../adapters/node/standard-streams.ts"
import { paint } from "../talk.ts"
import type { DeployView } from "./deploy-view.ts"
import { JsonView } from "./json-view.ts"
import type { LogMode } from "./log-share.ts"
import { PlainView } from "./plain-view.ts"

export interface ViewOptions {
  readonly environment: string
  readonly json: boolean
  readonly quiet: boolean
  /** `null` for what suits: the end of the log on a terminal, where the frame shows the rest, and else all of it. */
  readonly logs: LogMode | null
}

/** With `--json` a program on standard output, else a person on standard error: at a terminal, or reading a log. */
export async function viewOf({ environment, json, quiet, logs }: ViewOptions): Promise<DeployView> {
  const now = () => new Date()
  if (json) return still(new JsonView(now, writeStdout))
  const live = stderrIsTerminal() && process.env["TERM"] !== "dumb" && !quiet
  if (!live) {
    const write = quiet ? () => {} : writeStderr
    return still(new PlainView({ environment, logs: logs ?? "full", now, write }))
  }
  const [{ LiveView }, { terminalOf }] = await Promise.all([
    import("./live-view.ts"),
    import("./terminal.ts"),
  ])
  const terminal = terminalOf(process.stderr)
  return new LiveView({ environment, logs: logs ?? "tail", terminal, clock: { now }, paint })
}

/** A view that draws nothing that would have to be taken away. */
function still(view: JsonView | PlainView): DeployView {
  return {
    news: (news) => view.news(news),
    line: (from, line) => view.line(from, line),
    state: () => {},
    clear: () => {},
    end: () => {},
  }
}
