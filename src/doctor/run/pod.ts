import type { EnvironmentSettings } from "../../config/settings.ts"
import { printable } from "../../core/text.ts"
import { formatContext } from "../../envelope/context.ts"
import type { Environment } from "../../ports/runtime.ts"
import { judgeAccount, judgeClock, judgeRole } from "../core/account.ts"
import { after, type Fact, unknown } from "../core/fact.ts"
import { type Finding, type LinkSubject, no, of, ok, unchecked } from "../core/finding.ts"
import { sealingKeys } from "../core/key.ts"
import { judgeKeyRights, keyRightSubjects } from "../core/key-rights.ts"
import { advice } from "../core/remedy.ts"
import { secretsOf } from "../core/secret.ts"
import { judgeSettings } from "../core/settings.ts"
import { expectVariable, isExpectation, isPin, pinVariable } from "../core/template-variables.ts"
import { type CallerFacts, learnAsCaller } from "./callers.ts"
import type { PodPorts } from "./ports.ts"

/** All that is learned in a pod. */
export interface PodFacts extends CallerFacts {
  readonly environment: Environment
}

export async function learnAsPod(settings: EnvironmentSettings, ports: PodPorts): Promise<PodFacts> {
  const facts = await learnAsCaller(settings, keysOf(settings), ports)
  return { ...facts, environment: ports.environment }
}

/** Every link as a pod sees it. @param shared environments that use its keys too. */
export function judgeAsPod(
  settings: EnvironmentSettings,
  facts: PodFacts,
  shared: readonly string[],
): readonly Finding[] {
  const clock = judgeClock(facts.aheadMs, facts.platform)
  const account = judgeAccount(settings, facts.caller, clock)
  const keyIds = keysOf(settings)
  const secrets = secretsOf(settings)
  const links = [
    of("role"),
    ...keyIds.flatMap((keyId) => Object.values(keyRightSubjects(keyId))),
    ...secrets.map(({ id }) => of("secret.read", id)),
  ]
  return [
    judgeSettings(settings),
    ...judgeOwnVariables(settings, facts.environment),
    clock,
    account,
    ...after(account, links, () => [
      judgeRole(
        facts.caller,
        settings.roles.pod,
        "roles.pod",
        advice(`see whose service account the pods have: envseal doctor ${settings.name}`),
      ),
      ...keyIds.flatMap((keyId, at) => {
        const rights = facts.keys[at]
        return rights === undefined ? [] : judgeKeyRights(settings, keyId, { as: "pod", shared }, rights)
      }),
      ...secrets.flatMap(({ id }, at) => {
        const reading = facts.mayRead[at]
        return reading === undefined ? [] : [judgeReading(settings, of("secret.read", id), reading)]
      }),
    ]),
  ]
}

/** The keys that pods open with: those that are pinned, or else those that are sealed under. */
function keysOf(settings: EnvironmentSettings): readonly string[] {
  return settings.kmsKeys.length > 0 ? settings.kmsKeys : sealingKeys(settings).map(({ keyId }) => keyId)
}

function judgeOwnVariables(settings: EnvironmentSettings, environment: Environment): readonly Finding[] {
  const { context, kmsKeys, name } = settings
  const remedy = advice(`see what the pod template says: envseal doctor ${name}`)
  const judge = (subject: LinkSubject, variable: string, fits: (text: string) => boolean, wanted: string) => {
    const text = environment[variable]
    if (!text) return no(subject, `is missing; it should be ${wanted}`, remedy)
    return fits(text)
      ? ok(subject, wanted)
      : no(subject, `is ${printable(text, 200)}; it should be ${wanted}`, remedy)
  }
  const pin = of("workload.pin", "this pod")
  return [
    judge(
      of("workload.expect", "this pod"),
      expectVariable,
      (text) => isExpectation(text, context),
      formatContext(context),
    ),
    kmsKeys.length === 0
      ? unchecked(pin, "kmsKeys is not in envseal.yaml")
      : judge(pin, pinVariable, (text) => isPin(text, kmsKeys), kmsKeys.join(",")),
  ]
}

function judgeReading(settings: EnvironmentSettings, subject: LinkSubject, reading: Fact<boolean>): Finding {
  if (!reading.known) return unknown(subject, reading, "secretsmanager:GetSecretValue")
  if (!reading.value) return ok(subject, "denied, as it should be")
  return no(
    subject,
    "allowed: a pod needs no secret but what is sealed in its image",
    advice(
      `take secretsmanager:GetSecretValue from the role; all that it needs: envseal policy pod -e ${settings.name}`,
    ),
  )
}
