import { type Demandable, demand } from "../../config/demand.ts"
import type { EnvironmentSettings } from "../../config/settings.ts"
import { EnvsealError } from "../../core/error.ts"
import { type Finding, no, of, ok } from "./finding.ts"
import { advice } from "./remedy.ts"

const subject = of("settings")

/** What an environment is whole with. One without a build gets images that another CI has built. */
const whole: readonly Demandable[] = [
  "account",
  "region",
  "secrets",
  "recipients",
  "image",
  "cluster",
  "workloads",
]

/** Whether an environment has all that seal and deploy take from it. */
export function judgeSettings(settings: EnvironmentSettings): Finding {
  try {
    demand(settings, whole, "a deploy")
    const { build } = settings
    return ok(subject, `has all that a deploy ${build === null ? "of an image that exists " : ""}needs`)
  } catch (error) {
    return settingsFinding(error)
  }
}

/** That the file cannot be read, each mistake with its place and what to write instead. @throws what it does not know. */
export function settingsFinding(error: unknown): Finding {
  if (!(error instanceof EnvsealError)) throw error
  const { message, problems, hint = "docs/config.md has every setting" } = error
  const remedies = problems.map(({ name, reason }) => advice(`correct ${name}: ${reason}`))
  if (remedies.length === 0) return no(subject, message, advice(hint))
  return no(subject, message, ...remedies)
}
