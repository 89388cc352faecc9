import { z } from "zod"
import { contextName, contextValue, kmsKeyArn, maxContextPairs } from "../core/grammar.ts"
import { list, oneOrManyOf, record, section, text } from "./leaf.ts"

const secret = text(
  "Name or ARN in Secrets Manager, with #STAGE or #VERSION-ID for another version than the current one.",
  "write the secret's name or ARN, such as shop/production, with #STAGE or #VERSION-ID after it if need be",
  /^(?:arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:)?[A-Za-z0-9/_+=.@-]{1,512}(?:#[A-Za-z0-9/_+=.@-]{1,256})?$/,
)

const variable = text(
  "Name of a variable.",
  "write the name of a variable, such as APP_VERSION",
  /^[A-Za-z_][A-Za-z0-9_]{0,127}$/,
)

const recipient = text(
  "Who can open what is sealed.",
  "write aws-kms: and a key's ARN or alias, such as aws-kms:alias/envseal-production, or age1…",
  /^(?:aws-kms:[A-Za-z0-9:/_-]{1,400}|age1(?:pq1)?[02-9ac-hj-np-z]{20,4096})$/,
)

const keyArn = text(
  "ARN of a KMS key.",
  "write the key's ARN, arn:aws:kms:REGION:ACCOUNT:key/ID; an alias pins nothing",
  kmsKeyArn,
)

const roleArn = (whose: string) =>
  text(
    `ARN of the role of ${whose}.`,
    "write the role's ARN, arn:aws:iam::ACCOUNT:role/NAME",
    /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,576}$/,
  )

const context = record(
  { name: contextName, value: contextValue },
  "What envelopes are for. By default the app and the name of the environment.",
  `write up to ${maxContextPairs} names with texts, such as { app: shop, environment: production }`,
).superRefine((pairs, issues) => {
  const names = Object.keys(pairs)
  if (names.length > maxContextPairs) {
    issues.addIssue({ code: "custom", message: `has more than ${maxContextPairs} pairs; remove some` })
  }
  if (new Set(names.map((name) => name.toLowerCase())).size < names.length) {
    issues.addIssue({ code: "custom", message: "has two names that differ in case alone; rename one" })
  }
})

const file = text(
  "Example file whose every name must be in the secret. Its path is from the folder of this file.",
  "write the path of an example file, such as .env.example",
)

const exception = text(
  "Name that need not be in the secret, or the beginning of names with * after it.",
  "write a name, or how names begin with * after it, such as MAILTRAP_*",
  /^[A-Za-z_][A-Za-z0-9_]{0,254}\*?$/,
)

function requirement<T extends z.ZodType>(path: T) {
  const except = list(
    exception,
    "Names of that file that need not be in the secret; one with * at its end stands for all that begin so.",
    "write a list of names, such as [TELESCOPE_ENABLED, MAILTRAP_*]",
  ).optional()
  const long = section(
    { file: path, except },
    "Example file, and which of its names need not be in the secret.",
    "write file, with the path of an example file, and except, with a list of names",
  )
  return z.union([file, long], { error: "write the path of an example file, such as .env.example" }).meta({
    description: "Example file whose every name must be in the secret, or which of them need not be there.",
  })
}

/** What `seal`, `open` and `policy` need. */
export const envelopeSettings = {
  secret: oneOrManyOf(
    secret,
    "The secret in Secrets Manager, or several, of which a later one wins: name or ARN, with #STAGE or #VERSION-ID.",
    "write the secret's name or ARN, such as shop/production, or a list of them",
  ).optional(),
  require: requirement(file).optional(),
  setEnv: list(
    variable,
    "Variables of the build that are sealed too, and not secret.",
    "write a list of names, such as [APP_VERSION]",
  ).optional(),
  recipients: list(
    recipient,
    "Who can open what is sealed: aws-kms: with a key's ARN or alias, or age1….",
    "write a list of recipients, such as [aws-kms:alias/envseal-production]",
  ).optional(),
  context: context.optional(),
  kmsKeys: list(
    keyArn,
    "ARNs of the KMS keys that open accepts, and that policies are printed for.",
    "write a list of ARNs, such as [arn:aws:kms:REGION:ACCOUNT:key/ID]",
  ).optional(),
  secretKeys: list(
    keyArn,
    "ARNs of the KMS keys that Secrets Manager keeps the secret under, for policies.",
    "write a list of ARNs, such as [arn:aws:kms:REGION:ACCOUNT:key/ID]",
  ).optional(),
  roles: section(
    { build: roleArn("the build").optional(), pod: roleArn("the pods").optional() },
    "The roles that the policy of the key names.",
    "write build and pod, each with the ARN of its role",
  ).optional(),
}

/** The same where `defaults` and an environment have a part each. */
export const partsOfEnvelope = { ...envelopeSettings, require: requirement(file.optional()).optional() }
