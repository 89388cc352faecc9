import type { EnvironmentSettings } from "../../config/settings.ts"
import { printable } from "../../core/text.ts"
import { type Checked, checkSecret } from "../../seal/run/check-secret.ts"
import { parseSource } from "../../seal/run/source.ts"
import { judgeAccount, judgeClock, judgeRole } from "../core/account.ts"
import { after, type Fact, isDeniedFact, learn, unasked, unknown } from "../core/fact.ts"
import { type Finding, type LinkSubject, no, of, ok, unchecked } from "../core/finding.ts"
import { sealingKeys } from "../core/key.ts"
import { judgeKeyRights, keyRightSubjects } from "../core/key-rights.ts"
import { grantRole } from "../core/policy-remedy.ts"
import { advice, aws, edit, type Remedy } from "../core/remedy.ts"
import { judgeImageAccess, repositoryName, repositorySubjects } from "../core/repository.ts"
import { putSecret, secretsOf } from "../core/secret.ts"
import { judgeSettings } from "../core/settings.ts"
import { type CallerFacts, learnAsCaller } from "./callers.ts"
import { learnImageAccess } from "./image-access.ts"
import type { BuildPorts } from "./ports.ts"

/** All that is learned as the build. */
export interface BuildFacts extends CallerFacts {
  /** What seal's own checks say of the secret: names alone. */
  readonly names: Fact<Checked>
  /** The actions that read images and are denied. */
  readonly denied: Fact<readonly string[]>
}

export async function learnAsBuild(settings: EnvironmentSettings, ports: BuildPorts): Promise<BuildFacts> {
  const keyIds = sealingKeys(settings).map(({ keyId }) => keyId)
  const request = {
    from: settings.secrets.map((text) => parseSource(`aws-sm:${text}`, settings.place)),
    require: settings.require,
    setEnv: settings.setEnv,
    nested: "refuse",
  } as const
  const [facts, names, denied] = await Promise.all([
    learnAsCaller(settings, keyIds, ports),
    learn("Secrets Manager", ports.patience, () => checkSecret(request, ports.sealing)),
    settings.image === null
      ? unasked("image is not in envseal.yaml")
      : learnImageAccess(settings.image.repository, ports.images, ports.patience),
  ])
  return { ...facts, names, denied }
}

/** Every link as the build sees it. @param shared environments that use its keys too. */
export function judgeAsBuild(
  settings: EnvironmentSettings,
  facts: BuildFacts,
  shared: readonly string[],
): readonly Finding[] {
  const clock = judgeClock(facts.aheadMs, facts.platform)
  const account = judgeAccount(settings, facts.caller, clock)
  const keyIds = sealingKeys(settings).map(({ keyId }) => keyId)
  const links = [
    of("role"),
    ...secretsOf(settings).map(({ id }) => of("secret.read", id)),
    of("secret.names"),
    ...keyIds.flatMap((keyId) => Object.values(keyRightSubjects(keyId))),
    ...(settings.image === null ? [] : repositorySubjects(repositoryName(settings)).slice(-1)),
  ]
  return [
    judgeSettings(settings),
    clock,
    account,
    ...after(account, links, () => [
      judgeRole(facts.caller, settings.roles.build, "roles.build", setServiceRole(settings)),
      ...judgeSecrets(settings, facts),
      ...keyIds.flatMap((keyId, at) => {
        const rights = facts.keys[at]
        return rights === undefined ? [] : judgeKeyRights(settings, keyId, { as: "build", shared }, rights)
      }),
      ...(settings.image === null
        ? []
        : [judgeImageAccess(settings, facts.denied, null, grantRole(settings, "build"))]),
    ]),
  ]
}

function setServiceRole(settings: EnvironmentSettings): Remedy {
  const { build, roles } = settings
  if (build === null) return advice("have the job that builds take the role roles.build of envseal.yaml")
  if (roles.build === null) return advice("give the CodeBuild project its role")
  return aws(
    settings,
    ...["codebuild", "update-project", "--name", build.project, "--service-role", roles.build],
  )
}

function judgeSecrets(settings: EnvironmentSettings, { mayRead, names }: BuildFacts): readonly Finding[] {
  const readings = secretsOf(settings).flatMap(({ id }, at) => {
    const reading = mayRead[at]
    return reading === undefined ? [] : [judgeReading(settings, of("secret.read", id), reading)]
  })
  const subject = of("secret.names")
  const denied = readings.find(({ answer }) => answer !== "ok")
  return [
    ...readings,
    ...(denied === undefined ? [judgeNames(settings, subject, names)] : after(denied, [subject], () => [])),
  ]
}

function judgeReading(settings: EnvironmentSettings, subject: LinkSubject, reading: Fact<boolean>): Finding {
  if (!reading.known) return unknown(subject, reading, "secretsmanager:GetSecretValue")
  if (reading.value) return ok(subject, "allowed")
  return no(
    subject,
    "secretsmanager:GetSecretValue is not allowed to the build, or there is no such secret",
    grantRole(settings, "build"),
  )
}

function judgeNames(settings: EnvironmentSettings, subject: LinkSubject, names: Fact<Checked>): Finding {
  if (!names.known && isDeniedFact(names)) return no(subject, names.why, grantRole(settings, "build"))
  if (!names.known) {
    const isFile = names.error?.code === "INPUT_UNREADABLE"
    const hint = names.error?.hint ?? "look at the secret: envseal check"
    return isFile ? unchecked(subject, names.why) : no(subject, names.why, advice(hint))
  }
  const { problems, names: count } = names.value
  if (problems.length === 0) return ok(subject, `all ${count} can be sealed`)
  const text = problems.map(({ name, reason }) => `${printable(name)} ${reason}`).join("; ")
  return no(subject, text, ...problems.map(({ name }) => correct(name)), put(settings))
}

/** The value is for a person to write: into the file that the secret's text comes from. */
function correct(name: string): Remedy {
  return edit("secret.json", printable(name), "its value")
}

function put(settings: EnvironmentSettings): Remedy {
  return putSecret(settings, secretsOf(settings).at(-1)?.id ?? "")
}
