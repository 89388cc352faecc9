import { writeStderr, writeStdout } from "../../adapters/node/standard-streams.ts"
import type { Audience } from "../../app/deploy/ports.ts"
import { JsonView } from "./json-view.ts"
import type { LogMode } from "./log-share.ts"
import { PlainView } from "./plain-view.ts"

export interface ViewOptions {
  readonly environment: string
  readonly json: boolean
  readonly quiet: boolean
  readonly logs: LogMode
}

/** Whoever sees a deploy. */
export interface View extends Audience {
  /** Nothing more comes. */
  end(): void
}

/** With `--json` a program on standard output, else a person on standard error, or nobody. */
export function viewOf({ environment, json, quiet, logs }: ViewOptions): View {
  const now = () => new Date()
  const audience = json
    ? new JsonView(now, writeStdout)
    : new PlainView({ environment, logs, now, write: quiet ? () => {} : writeStderr })
  return {
    news: (news) => audience.news(news),
    line: (from, line) => audience.line(from, line),
    state: () => audience.state(),
    end: () => {},
  }
}
