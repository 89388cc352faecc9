import type { Command } from "commander"
import { type CommandLog, makeLog } from "../../cli/log.ts"
import {
  type AwsOptions,
  addJsonOption,
  addLogOptions,
  addProfileOption,
  type CommonOptions,
} from "../../cli/options.ts"
import { printJson, printLines } from "../../cli/output.ts"
import { addConfigOption, type ConfigOption, settingsFile } from "../../cli/settings.ts"
import { shellWord } from "../../core/shell.ts"
import { count } from "../../core/text.ts"
import type { GivenSettings } from "../core/derived-environment.ts"
import type { NextStep } from "../core/file.ts"
import type { EnvAddResult } from "../run/env-add.ts"
import type { Placed } from "../run/place-files.ts"
import { sayNextSteps } from "../view/next-steps.ts"

interface EnvAddOptions extends CommonOptions, Omit<ConfigOption, keyof AwsOptions>, GivenSettings {
  readonly profile?: string
  readonly from?: string
  readonly createSecret: boolean
  readonly dryRun: boolean
}

export function addEnv(program: Command): void {
  const env = program
    .command("env")
    .description("add an environment")
    .addHelpText("after", "\nExample:\n  $ envseal env add qa --from staging")
  const command = env
    .command("add")
    .description("add an environment to envseal.yaml, and write what it is to be set up with")
    .argument("<name>", "what it is called, such as qa")
    .option("--from <name>", "the environment that it is to be like, by default the last one of envseal.yaml")
    .option("--create-secret", "make its secret in Secrets Manager, without a value", false)
    .option("--account <id>", "another AWS account")
    .option("--region <region>", "another AWS Region")
    .option("--source <name>", "another branch, tag or commit to build")
    .option("--eks <name>", "another EKS cluster")
    .option("--namespace <name>", "another namespace than that of the same name")
    .option("-n, --dry-run", "print what would be written, and write and make nothing", false)
  addJsonOption(addLogOptions(addProfileOption(addConfigOption(command))))
    .addHelpText(
      "after",
      `
Wherever the other environment's name stands in its entry, the new one's does;
its key is not taken over. In envseal/NAME: a template for CloudFormation and
the same for Terraform, the policies, the cluster's Role, and the names of the
secret; in kubernetes/NAME: the manifests. The rest of envseal.yaml stays as it
is, and no other file is written over. With --create-secret the secret is the
only thing that is made, and nothing else is asked of AWS.

Examples:
  $ envseal env add qa --from staging --dry-run
  $ envseal env add qa --from staging --source release/1.2 --create-secret`,
    )
    .action(run)
}

async function run(name: string, options: EnvAddOptions): Promise<void> {
  const log = makeLog(options)
  const { createSecret, dryRun, from = null } = options
  const { folder, file } = split(await settingsFile(options))
  const [{ addEnvironmentTo }, { nodeWorkTree }, { environmentAws, initPorts }] = await Promise.all([
    import("../run/env-add.ts"),
    import("../../adapters/node/work-tree.ts"),
    import("../../cli/wiring/setup.ts"),
  ])
  const request = { name, from, given: givenOf(options), file, createSecret, dryRun }
  const added = await addEnvironmentTo(request, {
    tree: nodeWorkTree(folder),
    repository: { ...(await initPorts()), root: folder === "." ? "" : `${folder}/` },
    aws: environmentAws(options.profile ?? null, log),
    tellSecret: (secret, outcome) => options.json || log.note(secretWords[outcome](secret)),
  })
  const result = { ...added, next: [...stepsTo(folder), ...added.next] }
  if (options.json) printJson({ dryRun, ...result })
  else report(result, options, log)
}

function givenOf(options: EnvAddOptions): GivenSettings {
  const names = ["account", "region", "source", "eks", "namespace"] as const
  return Object.fromEntries(
    names.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])),
  )
}

function split(path: string): { folder: string; file: string } {
  const at = path.lastIndexOf("/")
  return { folder: at === -1 ? "." : path.slice(0, at) || "/", file: path.slice(at + 1) }
}

/** All paths and commands are of the folder of the settings. */
function stepsTo(folder: string): NextStep[] {
  if (folder === ".") return []
  return [
    {
      what: "go where the settings are: all that follows is to be run there",
      commands: [`cd ${shellWord(folder)}`],
    },
  ]
}

function report(result: EnvAddResult, options: EnvAddOptions, log: CommandLog): void {
  const { environment, from, placed, difference, leftOut } = result
  printLines(options.dryRun ? whatWouldBe(result) : placed.map(lineOf))
  if (!options.dryRun) printLines(difference)
  log.note(
    `${environment} is like ${from}${leftOut.length === 0 ? "" : `, but for its ${leftOut.join(", ")}`}`,
  )
  if (options.dryRun && options.createSecret) {
    log.note(`the secret ${result.secret.name} would be made, without a value`)
  }
  const files = placed.filter(({ outcome }) => outcome === "written" || outcome === "beside")
  log.note(`${count(files.length + 1, "file")} ${options.dryRun ? "would be written" : "written"}; next:`)
  sayNextSteps(result.next, options.quiet)
}

/** The difference of the settings, then each file whole, below the line that names it. */
function whatWouldBe({ difference, files }: EnvAddResult): string[] {
  const texts = files.flatMap(({ path, text }) => ["", `==> ${path} <==`, ...text.trimEnd().split("\n")])
  return [...difference, ...texts]
}

function lineOf({ path, outcome, beside }: Placed): string {
  if (outcome === "unchanged") return `${path}: there already, the same`
  return beside === null ? `${path}: written` : `${path}: left as it is; written beside it as ${beside}`
}

const secretWords = {
  created: (name: string) =>
    `made the secret ${name}, without a value: nothing can be sealed until it has one`,
  exists: (name: string) => `the secret ${name} is there already, and is left as it is`,
} as const
