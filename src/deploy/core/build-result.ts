import type { Build, BuildPhase } from "../../core/build.ts"
import { printable } from "../../core/text.ts"

/** The first phase that went wrong: later ones, such as UPLOAD_ARTIFACTS, are tried all the same. */
export function failingPhase({ phases }: Build): BuildPhase | null {
  return (
    phases.find(({ status }) => status !== null && status !== "SUCCEEDED" && status !== "IN_PROGRESS") ?? null
  )
}

const endings = {
  SUCCEEDED: "succeeded",
  FAILED: "failed",
  FAULT: "failed by a fault of CodeBuild",
  TIMED_OUT: "ran out of time",
  STOPPED: "was stopped",
  IN_PROGRESS: "ended without a result",
} as const

/** How a build ended, in a sentence: `build shop:1b2c failed in BUILD: COMMAND_EXECUTION_ERROR: … exit status 1`. */
export function describeEnd(build: Build): string {
  const phase = failingPhase(build)
  const where = phase === null || build.status === "SUCCEEDED" ? "" : ` in ${printable(phase.type)}`
  const [said] = phase?.messages ?? []
  return `build ${build.id} ${endings[build.status]}${where}${said === undefined ? "" : `: ${printable(said, 500)}`}`
}
