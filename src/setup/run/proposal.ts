import { flags, grammars, insteadOf } from "../core/answer-grammar.ts"
import type { GivenAnswers, InitAnswers } from "../core/answers.ts"
import { repositoryNameOf } from "../core/git-files.ts"
import { sharedBy } from "../core/own-workloads.ts"
import { baseImageFor, defaultBaseImage } from "../core/php-version.ts"
import { newSite, resourceName } from "../core/site.ts"
import { askCluster, clusterPlaceOf } from "./cluster-question.ts"
import type { Interview } from "./interview.ts"
import type { FoundRepository } from "./repository-look.ts"

/**
 * All answers, of which the command line gives some.
 *
 * @throws EnvsealError `USAGE` with everything that is missing or wrong.
 */
export async function answersFor(
  given: GivenAnswers,
  around: FoundRepository,
  interview: Interview,
): Promise<InitAnswers> {
  if (interview.hasAsker) refuseWrong(given, interview)
  const app = await interview.answer(given.app, {
    flag: flags.app,
    message: "Name of the app",
    grammar: grammars.app,
    suggestion: appSuggestion(around),
  })
  const environments = await environmentsOf(given, interview)
  const cluster = await askCluster(given, around, interview)
  const place = clusterPlaceOf(cluster.eks, given, around)
  const account = await interview.answer(given.account, {
    flag: flags.account,
    message: "AWS account",
    grammar: grammars.account,
    suggestion: place.account,
  })
  const region = await interview.answer(given.region, {
    flag: flags.region,
    message: "AWS Region",
    grammar: grammars.region,
    suggestion: place.region,
  })
  const namespaces = await namespacesOf({ app, environments, given, around }, interview)
  const answers: InitAnswers = {
    ...{ app, environments, ...cluster, account, region, namespaces },
    repository: await interview.answer(given.repository, {
      flag: flags.repository,
      message: "Repository of the app's image",
      grammar: grammars.repository,
      suggestion: newSite({ app, environment: "", account, region }).repository,
    }),
    kmsKeys: await kmsKeysOf(environments, given, interview),
    ...(await imagesOf(given, around, interview)),
  }
  interview.finish()
  return answers
}

/** What is wrong whatever the answers will be is reported before anybody is asked. */
function refuseWrong(given: GivenAnswers, interview: Interview): void {
  for (const [name, flag] of Object.entries(flags) as [keyof typeof flags, string][]) {
    const text = given[name]
    if (text !== undefined) interview.take(text, { flag, grammar: grammars[name] })
  }
  for (const text of given.env ?? []) interview.take(text, { flag: "--env", grammar: grammars.environment })
  for (const text of given.recipient ?? [])
    interview.take(text, { flag: "--recipient", grammar: grammars.recipient })
  interview.finish()
}

/** By what the repository calls itself. Laravel's own skeleton says nothing of the app. */
function appSuggestion({ composer, origin }: FoundRepository): string | null {
  const named = composer?.name === "laravel/laravel" ? null : composer?.name
  const candidates = [repositoryNameOf(named ?? ""), origin === null ? null : repositoryNameOf(origin)]
  return candidates.find((name) => name !== null && insteadOf(name, grammars.app) === null) ?? null
}

async function environmentsOf({ env }: GivenAnswers, interview: Interview): Promise<[string, ...string[]]> {
  const flag = "--env"
  const names = env ?? [
    await interview.answer(undefined, {
      ...{ flag, message: "Name of the environment", grammar: grammars.environment },
      suggestion: "production",
    }),
  ]
  const checked = names.map((name) => interview.take(name, { flag, grammar: grammars.environment }))
  if (new Set(checked).size < checked.length) interview.refuse(flag, "is given twice for an environment")
  const [first = "", ...others] = checked
  return [first, ...others]
}

const placeholder = "{environment}"

interface NamespaceQuestion {
  readonly app: string
  readonly environments: readonly [string, ...string[]]
  readonly given: GivenAnswers
  readonly around: FoundRepository
}

async function namespacesOf(
  { app, environments, given, around }: NamespaceQuestion,
  interview: Interview,
): Promise<Record<string, string>> {
  const own = sharedBy(around.around.workloads, "namespace")
  const [first, ...others] = environments
  const flag = "--namespace"
  const { pattern, instead } = grammars.namespace
  const inserted = (text: string, environment: string) => text.replaceAll(placeholder, environment)
  // It is one when the names of environments are in it.
  const isNamespace = (text: string) => environments.every((name) => pattern.test(inserted(text, name)))
  const grammar = { pattern: { test: isNamespace }, instead }
  const text = await interview.answer(given.namespace, {
    ...{ flag, message: "Kubernetes namespace", grammar },
    suggestion:
      others.length === 0
        ? (own ?? resourceName(`${app}-${first}`, 63))
        : `${resourceName(app)}-${placeholder}`,
  })
  const names = environments.map((environment) => inserted(text, environment))
  if (text !== "" && new Set(names).size < new Set(environments).size)
    interview.refuse(flag, `is the same for ${environments.length} environments; write ${placeholder} in it`)
  return Object.fromEntries(environments.map((environment, at) => [environment, names[at] ?? ""]))
}

/** `ENVIRONMENT=ARN`, or the ARN alone where there is one environment. */
async function kmsKeysOf(
  environments: readonly [string, ...string[]],
  { kmsKey }: GivenAnswers,
  interview: Interview,
): Promise<Record<string, string>> {
  const keys: Record<string, string> = {}
  const flag = "--kms-key"
  const grammar = grammars.kmsKey
  for (const text of kmsKey ?? []) {
    const [, named, arn = text] = /^([^=:]+)=(.*)$/.exec(text) ?? []
    const environment = named ?? (environments.length === 1 ? environments[0] : undefined)
    if (environment === undefined || !environments.includes(environment)) {
      interview.refuse(flag, `does not say of which environment it is; write ${environments[0]}=ARN`)
    } else keys[environment] = interview.take(arn, { flag, grammar })
  }
  if (kmsKey !== undefined) return keys
  for (const environment of environments) {
    const message = `ARN of the KMS key of ${environment}`
    const key = await interview.optional(undefined, { flag, message, grammar })
    if (key !== null) keys[environment] = key
  }
  return keys
}

type Images = Pick<InitAnswers, "recipients" | "baseImage" | "source" | "binaryImage" | "healthPath">

async function imagesOf(given: GivenAnswers, around: FoundRepository, interview: Interview): Promise<Images> {
  const { recipient = [], source = around.mainBranch ?? "main", healthPath = "/up", binaryImage } = given
  return {
    recipients: recipient.map((text) =>
      interview.take(text, { flag: "--recipient", grammar: grammars.recipient }),
    ),
    baseImage: await interview.answer(given.baseImage, {
      flag: flags.baseImage,
      message: "Image that PHP is in",
      grammar: grammars.baseImage,
      suggestion: baseImageFor(around.app.php, around.app.server) ?? defaultBaseImage(around.app.server),
    }),
    source: interview.take(source, { flag: flags.source, grammar: grammars.source }),
    healthPath: interview.take(healthPath, { flag: flags.healthPath, grammar: grammars.healthPath }),
    binaryImage:
      binaryImage === undefined
        ? null
        : interview.take(binaryImage, { flag: flags.binaryImage, grammar: grammars.binaryImage }),
  }
}
