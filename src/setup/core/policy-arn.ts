import { EnvsealError } from "../../core/error.ts"
import { printable } from "../../core/text.ts"
import { parseKeyArn } from "../../envelope/kms-key.ts"

/** An ARN in its parts. */
export interface PolicyArn {
  readonly text: string
  readonly partition: string
  readonly region: string
  readonly account: string
  readonly resource: string
}

/** How the resource of each service begins. */
const resourcePrefix = {
  iam: "role/",
  secretsmanager: "secret:",
  codebuild: "project/",
  ecr: "repository/",
  eks: "cluster/",
} as const

/** What gives the same in `envseal.yaml`. */
const settingOf = {
  "--secret": "secret",
  "--project": "build.project",
  "--repository": "image.repository",
  "--cluster": "cluster.eks",
  "--build-role": "roles.build",
  "--pod-role": "roles.pod",
  "--kms-key": "kmsKeys",
  "--secret-key": "secretKeys",
} as const

/**
 * Reads the ARN of one thing: a pattern would let in others, and a whole account lets in everyone whom IAM there lets.
 *
 * @throws EnvsealError `USAGE` when it is missing, or another one.
 */
export function policyArn(
  service: keyof typeof resourcePrefix,
  text: string | null | undefined,
  flag: keyof typeof settingOf,
): PolicyArn {
  const prefix = resourcePrefix[service]
  const grammar = `^arn:(aws[a-z-]*):${service}:([a-z0-9-]*):(\\d{12}):(${prefix}[\\w+=,.@/!-]+)$`
  const found = new RegExp(grammar).exec(text ?? "")
  const [, partition = "", region = "", account = "", resource = ""] = found ?? []
  if (found !== null) return { text: text ?? "", partition, region, account, resource }
  const what = text
    ? `${flag}: "${printable(text)}" is not the ARN of a ${prefix.slice(0, -1)}`
    : `${flag} is missing`
  const place = service === "iam" ? "" : "REGION"
  throw new EnvsealError("USAGE", what, {
    hint: `write ${flag} arn:aws:${service}:${place}:ACCOUNT:${prefix}NAME, or ${settingOf[flag]} in envseal.yaml`,
  })
}

/** Secrets Manager ends an ARN with its own six characters; a policy can leave them open. */
const openEnd = "-??????"

/** Six characters of one kind are a word or a date: the end of a name such as `shop-config`, and hardly AWS's own. */
const endOfName = /-(?:[a-z]{6}|[A-Z]{6}|\d{6})$/

/**
 * What a policy names a secret by: its ARN, with an open end where its own is not given.
 *
 * @throws EnvsealError `USAGE` for what is no ARN of a secret, or may lack its end.
 */
export function secretResource(text: string): string {
  const { resource } = secretArn(text)
  if (!text.endsWith(openEnd) && endOfName.test(resource)) {
    throw new EnvsealError(
      "USAGE",
      `--secret: ${text} may be a whole ARN, or one without its last six characters`,
      {
        hint: `give the whole ARN, as aws secretsmanager describe-secret prints it; if this is all of it, or the name ends so, put ${openEnd} after the name`,
      },
    )
  }
  return /-[A-Za-z0-9]{6}$/.test(resource) || text.endsWith(openEnd) ? text : `${text}${openEnd}`
}

/** Reads the ARN of a secret, whose end may be open already. @throws EnvsealError `USAGE`. */
export function secretArn(text: string | undefined): PolicyArn {
  return policyArn(
    "secretsmanager",
    text?.endsWith(openEnd) ? text.slice(0, -openEnd.length) : text,
    "--secret",
  )
}

/** ARNs of KMS keys, at least one. @throws EnvsealError `USAGE`. */
export function policyKeys(
  keys: readonly string[],
  flag: "--kms-key" | "--secret-key" = "--kms-key",
): readonly string[] {
  const wrong = keys.find((text) => parseKeyArn(text) === null)
  if (wrong === undefined && keys.length > 0) return keys
  const what =
    wrong === undefined ? `${flag} is missing` : `${flag}: "${printable(wrong)}" is not the ARN of a KMS key`
  throw new EnvsealError("USAGE", what, {
    hint: `write ${flag} arn:aws:kms:REGION:ACCOUNT:key/ID, or ${settingOf[flag]} in envseal.yaml; policies cannot name an alias`,
  })
}
