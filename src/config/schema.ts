import { z } from "zod"
import { awsRegion } from "../core/region.ts"
import { buildSection, imageSection, partOfBuild, partOfImage } from "./build-schema.ts"
import { envelopeSettings, partsOfEnvelope } from "./envelope-schema.ts"
import { section, text } from "./leaf.ts"
import { clusterSection, partOfCluster, workloadSettings } from "./workload-schema.ts"

const plainName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/

const awsSettings = {
  account: text(
    "Id of the AWS account. A deploy works in no other one.",
    'write the 12 digits of the AWS account, such as "111122223333"',
    /^\d{12}$/,
  )
    // Without quotes it is a number to YAML, and read as it is written.
    .meta({ type: ["string", "integer"] })
    .optional(),
  region: text(
    "AWS Region of the environment.",
    "write an AWS Region, such as eu-west-1",
    awsRegion,
  ).optional(),
  profile: text(
    "AWS profile to use on a laptop.",
    "write the name of an AWS profile, as aws configure list-profiles prints it",
  ).optional(),
}

const environmentInstead = "write its settings, or {} when the defaults have all of them"

/** An environment after its defaults were put under it. */
export const environmentSchema = section(
  {
    ...awsSettings,
    ...envelopeSettings,
    build: buildSection.optional(),
    image: imageSection.optional(),
    cluster: clusterSection.optional(),
    ...workloadSettings,
  },
  "The settings of one environment.",
  environmentInstead,
)

/** What the schema lets through. */
export type WrittenEnvironment = z.output<typeof environmentSchema>

/** Settings of an environment, of which others may stand elsewhere. */
const part = {
  ...awsSettings,
  ...partsOfEnvelope,
  build: partOfBuild.optional(),
  image: partOfImage.optional(),
  cluster: partOfCluster.optional(),
  ...workloadSettings,
}

const environmentsInstead = "write at least one environment, such as production: with its settings below it"

/** The file as it is written. */
export const fileSchema = section(
  {
    version: z
      .literal(1, { error: "write version: 1, which is the only one that this envseal knows" })
      .meta({ description: "Version of this file's format." }),
    app: text("Name of the app.", "write the name of the app, such as shop", plainName),
    defaults: section(
      part,
      "Settings of every environment that does not have its own. Mappings are merged, lists are replaced.",
      "write settings of an environment, or remove it",
    ).optional(),
    environments: z
      .record(
        z.string().regex(plainName, {
          error: "write a name of letters, digits, dots, _ and -, such as production",
        }),
        section(part, "The settings of one environment.", environmentInstead),
        { error: environmentsInstead },
      )
      .refine((environments) => Object.keys(environments).length > 0, { error: environmentsInstead })
      .meta({ description: "The environments by their names." }),
  },
  "Settings of envseal for one app: docs/config.md.",
  "write version, app and environments",
)

/** Whether a number at this path in the file is read as its text. */
export function isDigits(path: readonly string[]): boolean {
  return path.at(-1) === "account" && path.length === (path[0] === "environments" ? 3 : 2)
}
