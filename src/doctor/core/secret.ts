import type { EnvironmentSettings } from "../../config/settings.ts"
import type { SecretDescription, SecretReference } from "../../ports/secrets.ts"
import { parseSource } from "../../seal/run/source.ts"
import { after, type Fact, isDeniedFact, unknown } from "./fact.ts"
import { type Finding, type LinkSubject, no, of, ok } from "./finding.ts"
import { grantDeployer } from "./policy-remedy.ts"
import { aws, type Remedy, setTo } from "./remedy.ts"

/** The secrets of the environment, in the order in which they are merged. */
export function secretsOf({ secrets, place }: EnvironmentSettings): readonly SecretReference[] {
  return secrets.flatMap((text) => {
    const source = parseSource(`aws-sm:${text}`, place)
    return source.type === "aws-sm" ? [source.reference] : []
  })
}

export function secretSubjects(id: string): readonly [LinkSubject, LinkSubject] {
  return [of("secret", id), of("secret.version", id)]
}

/** Whether a secret is there and has the version that is sealed. Its value is no part of it. */
export function judgeSecret(
  settings: EnvironmentSettings,
  { id, version }: SecretReference,
  description: Fact<SecretDescription | null>,
  caller: string | null,
): readonly Finding[] {
  const [subject, versionSubject] = secretSubjects(id)
  const exists = judgeExistence(settings, subject, description, caller)
  const found = description.known ? description.value : null
  const judge = () => (found === null ? [] : [judgeVersion(settings, versionSubject, version, found)])
  return [exists, ...after(exists, [versionSubject], judge)]
}

function judgeExistence(
  settings: EnvironmentSettings,
  subject: LinkSubject,
  description: Fact<SecretDescription | null>,
  caller: string | null,
): Finding {
  const id = subject.about
  if (isDeniedFact(description)) {
    // Of a secret that is not there AWS does not know the ARN, and policies name secrets by it.
    return no(
      subject,
      "does not exist, or secretsmanager:DescribeSecret is not allowed to you: AWS does not tell which",
      grantDeployer(settings, caller),
      createSecret(settings, id),
    )
  }
  if (!description.known) return unknown(subject, description, "secretsmanager:DescribeSecret")
  if (description.value === null) {
    return no(subject, "does not exist in this account and Region", createSecret(settings, id))
  }
  if (description.value.deleted) {
    const restore = aws(settings, "secretsmanager", "restore-secret", "--secret-id", id)
    return no(subject, "is marked for deletion: nobody can read it", restore)
  }
  return ok(subject, description.value.arn)
}

/** The values come from a file that the caller has, never from a command line. */
function createSecret(settings: EnvironmentSettings, id: string): Remedy {
  return aws(
    settings,
    ...["secretsmanager", "create-secret", "--name", id, "--secret-string", "file://secret.json"],
  )
}

/** Gives a secret another value, from a file. */
export function putSecret(settings: EnvironmentSettings, id: string): Remedy {
  return aws(
    settings,
    ...["secretsmanager", "put-secret-value", "--secret-id", id, "--secret-string", "file://secret.json"],
  )
}

function judgeVersion(
  settings: EnvironmentSettings,
  subject: LinkSubject,
  version: SecretReference["version"],
  { versions }: SecretDescription,
): Finding {
  const wanted = version ?? { stage: "AWSCURRENT" }
  const found =
    "versionId" in wanted
      ? Object.keys(versions).find((id) => id === wanted.versionId)
      : Object.keys(versions).find((id) => versions[id]?.includes(wanted.stage))
  if (found !== undefined) return ok(subject, found)
  const id = subject.about
  if (version === null) return no(subject, "it has no value yet", putSecret(settings, id))
  const what =
    "versionId" in version ? `no version ${version.versionId}` : `no version with the stage ${version.stage}`
  return no(subject, `it has ${what}`, setTo(settings, pathOf(settings, id), id))
}

/** Of the setting that names the secret: alone, or one of a list. */
function pathOf({ secrets, places }: EnvironmentSettings, id: string): string {
  const at = secrets.findIndex((text) => text.replace(/#.*$/, "") === id)
  return places[`secret.${at}`] === undefined ? "secret" : `secret.${at}`
}
