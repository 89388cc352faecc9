import type { Audience } from "../../app/deploy/ports.ts"
import { writeStderr, writeStdout } from "../../adapters/node/standard-streams.ts"

export function viewOf({ json }: { environment: string; json: boolean; quiet: boolean; logs: "full" | "tail" | "none" }): Audience & { end(): void } {
  return {
    news: (news) => (json ? writeStdout : writeStderr)(`${JSON.stringify(news)}\n`),
    line: () => {},
    state: () => {},
    end: () => {},
  }
}
