/** A run on a real account: what it was asked for. */
export interface TrialRequest {
  /** Twelve digits, written by the person who runs it. */
  readonly account: string
  readonly region: string
  /** Name of an EKS cluster that the caller administers. Nothing outside of a namespace of its own is changed in it. */
  readonly eks: string
  /** The folder of a Laravel app: what git has of it is copied. */
  readonly app: string
  /** Six letters or digits that tell this run from any other. */
  readonly id: string
  /** The clone of envseal. */
  readonly clone: string
}

/** What steps have learned, by name. */
export type Learned = ReadonlyMap<string, string>

/** One command of the run. */
export interface TrialStep {
  readonly title: string
  /** @param learned what steps before it printed. */
  readonly words: (learned: Learned) => readonly string[]
  /** The last line that it prints is known by this name from then on. */
  readonly learns?: string
  readonly input?: string
  /** Run again, for twenty minutes at most, until its last line is this. */
  readonly until?: string
  /** Of tearing down: the step that made what this one deletes. */
  readonly undoes?: string
}

/** The tag that everything of a run has, and by which `tear down` finds what is left. */
export const trialTag = "envseal-trial"

/**
 * What a run costs, by the components that AWS bills. Prices are those of its public lists of 2026; nobody has measured a
 * bill.
 */
export const trialCost = `It costs money: by AWS's public prices less than one US dollar, when no build takes more than 20 minutes.
  CodeBuild   3 builds, general1.medium at USD 0.01 a minute
  KMS         1 key at USD 1 a month, billed by the hour until it is scheduled for deletion
  Secrets     1 secret at USD 0.40 a month, billed by the hour
  ECR, logs   some hundred MB for less than an hour
The cluster, its nodes and what they pull through a NAT gateway are yours, and are billed as ever.`

/** @returns why a run may not start; `null` where it may. */
export function refusalOf(
  { account, region, eks, app }: Partial<TrialRequest>,
  environment: Readonly<Record<string, string | undefined>>,
): string | null {
  const ci = ["CI", "GITHUB_ACTIONS", "GITLAB_CI", "CODEBUILD_BUILD_ID"].find((name) => environment[name])
  if (ci !== undefined) return `this is a CI (${ci}): a person runs it, and answers for the bill`
  if (account === undefined) return "name the account that pays: --account, twelve digits"
  if (!/^\d{12}$/.test(account)) return "--account is twelve digits"
  if (region === undefined || !/^[a-z]{2}(?:-[a-z]+)+-\d$/.test(region))
    return "name the Region: --region, such as eu-west-1"
  if (eks === undefined || !/^[0-9A-Za-z][\w-]{0,99}$/.test(eks)) return "name an EKS cluster: --eks"
  if (app === undefined || app === "") return "name the folder of a Laravel app that is in git: --app"
  return null
}

/** Names of what a run makes. */
export function trialNames({ account, region, id }: Pick<TrialRequest, "account" | "region" | "id">) {
  const app = `trial-${id}`
  const registry = `${account}.dkr.ecr.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`
  return {
    ...{ app, registry, stack: `envseal-${app}-trial`, project: `${app}-trial`, secret: `${app}/trial` },
    ...{ namespace: `${app}-trial`, carrier: `${app}-carrier`, source: app },
  }
}
