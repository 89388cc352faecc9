import { printable } from "../../core/text.ts"
import { buildText, imageText } from "../../deploy/view/release-words.ts"
import type { EnvironmentStatus } from "../core/status.ts"
import { News } from "./news.ts"
import {
  failureText,
  lockText,
  mixedText,
  remarksOn,
  rolloutText,
  secretTexts,
  type TellTime,
} from "./words.ts"

/** Lines for a log: what is to be said of an environment, by what each is about. */
export function statementsOn(status: EnvironmentStatus, tell: TellTime): ReadonlyMap<string, string> {
  const { workloads, lock, mixed, failures } = status
  const statements: readonly (readonly [string, string])[] = [
    ...workloads.map((workload) => {
      const { secret, release } = workload
      const facts = [
        rolloutText(workload),
        `image ${imageText(workload.images)}`,
        ...(release?.build === undefined ? [] : [`build ${buildText(release.build)}`]),
        ...(secret.state === "unknown" ? [] : [`secret ${secret.state}`]),
        ...remarksOn(workload),
      ]
      return [workload.workload, `${printable(workload.workload)} ${facts.join("; ")}`] as const
    }),
    ["secrets", secretTexts(status).join("; ")],
    ["mixed", mixed ? mixedText(status) : "all workloads run the same image"],
    // A holder that is still there is not worth a line.
    ["lock", lock === null ? "nobody deploys" : lockText({ ...lock, renewedAt: null }, tell)],
    ["failures", failures.length === 0 ? "all could be asked" : failures.map(failureText).join("; ")],
  ]
  return new Map(statements.filter(([, text]) => text !== ""))
}

const usual = ["all workloads run the same image", "nobody deploys", "all could be asked"]

/** Remembers what was said of an environment, and says what is new. */
export class Reporter {
  readonly #news = new News((text) => usual.includes(text))

  newsOf(status: EnvironmentStatus, tell: TellTime): readonly string[] {
    return this.#news.of(statementsOn(status, tell)).map((text) => `${printable(status.environment)} ${text}`)
  }
}
