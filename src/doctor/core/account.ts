import type { EnvironmentSettings } from "../../config/settings.ts"
import type { CallerIdentity } from "../../ports/account.ts"
import { type Fact, isDeniedFact } from "./fact.ts"
import { type Finding, no, of, ok, unchecked, waiting } from "./finding.ts"
import { advice, command, type Remedy, setTo } from "./remedy.ts"

const account = of("account")
const clock = of("clock")

/** AWS takes requests whose time is further off for old ones (IAM user guide, "Signing AWS API requests"). */
const maxSkewMs = 5 * 60_000

/** Whether this machine's clock is near enough to that of AWS for its requests to be taken. */
export function judgeClock(aheadMs: number | null, platform: string): Finding {
  if (aheadMs === null) return unchecked(clock, "AWS has not answered")
  const seconds = Math.round(Math.abs(aheadMs) / 1_000)
  const text = seconds < 2 ? "agrees with AWS" : `${seconds} s ${aheadMs > 0 ? "behind" : "ahead of"} AWS`
  return Math.abs(aheadMs) < maxSkewMs ? ok(clock, text) : no(clock, text, setClock(platform))
}

function setClock(platform: string): Remedy {
  if (platform === "linux") return command("sudo", "timedatectl", "set-ntp", "true")
  if (platform === "darwin") return command("sudo", "sntp", "-sS", "time.apple.com")
  return advice("set the clock of this machine by a time server")
}

/** Whether the credentials are of the account of the environment. */
export function judgeAccount(
  settings: EnvironmentSettings,
  caller: Fact<CallerIdentity>,
  time: Finding,
): Finding {
  if (!caller.known) {
    if (time.answer === "no") return waiting(account, clock)
    if (isDeniedFact(caller)) return unchecked(account, "sts:GetCallerIdentity is denied to you")
    return no(account, caller.why, advice(caller.error?.hint ?? "get credentials that AWS accepts"))
  }
  const { account: found, arn } = caller.value
  if (settings.account === null)
    return unchecked(account, `${found} (${arn}); account is not in envseal.yaml`)
  if (settings.account === found) return ok(account, `${found}, as ${arn}`)
  const text = `the credentials are of ${found} (${arn}), and the environment is in ${settings.account}`
  return no(account, text, otherAccount(settings, found))
}

/** Names that have an account in them tell what is wrong: the setting or the credentials. */
function otherAccount(settings: EnvironmentSettings, found: string): Remedy {
  const named = accountsNamed(settings)
  if (named.size > 0 && [...named].every((one) => one === found)) return setTo(settings, "account", found)
  return advice(
    `use credentials of ${settings.account}: set AWS_PROFILE, or profile in envseal.yaml, to a profile of it`,
  )
}

function accountsNamed({ roles, kmsKeys, image, recipients }: EnvironmentSettings): Set<string> {
  const texts = [roles.build, roles.pod, ...kmsKeys, ...recipients, image?.repository]
  return new Set(texts.flatMap((text) => /(?<!\d)\d{12}(?!\d)/.exec(text ?? "")?.[0] ?? []))
}

/**
 * Whether the credentials are of the role that they should be.
 *
 * @param wanted ARN of a role; `null` when the settings do not say.
 */
export function judgeRole(
  caller: Fact<CallerIdentity>,
  wanted: string | null,
  setting: "roles.build" | "roles.pod",
  remedy: Remedy,
): Finding {
  const role = of("role")
  if (!caller.known) return waiting(role, account)
  if (wanted === null) return unchecked(role, `${setting} is not in envseal.yaml`)
  const { arn } = caller.value
  if (roleNameOf(arn) === roleNameOf(wanted)) return ok(role, wanted)
  return no(role, `this is ${arn}, and ${setting} is ${wanted}`, remedy)
}

/** The account and name in the ARN of a role, or of a session of it, whose ARN has no path. */
function roleNameOf(arn: string): string | null {
  const [, account, ofSession, ofRole] =
    /^arn:[^:]+:(?:sts|iam)::(\d{12}):(?:assumed-role\/([^/]+)\/|role\/(?:.*\/)?([^/]+)$)/.exec(arn) ?? []
  const name = ofSession ?? ofRole
  return name === undefined ? null : `${account}/${name}`
}
