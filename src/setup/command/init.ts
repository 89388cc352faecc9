import { type Command, Option } from "commander"
import { writeStderr } from "../../adapters/node/standard-streams.ts"
import type { AnswerStatus, Invocation } from "../../cli/invocation.ts"
import { type CommandLog, makeLog } from "../../cli/log.ts"
import { addJsonOption, addLogOptions, type CommonOptions, collect } from "../../cli/options.ts"
import { printJson, printLines } from "../../cli/output.ts"
import { count, printableLine } from "../../core/text.ts"
import type { GivenAnswers } from "../core/answers.ts"
import type { InitResult } from "../run/init.ts"
import type { Placed } from "../run/place-files.ts"
import { sayNextSteps } from "../view/next-steps.ts"

interface InitOptions extends CommonOptions, GivenAnswers {
  readonly yes: boolean
  readonly dryRun: boolean
  readonly update: boolean
}

/** What is asked of a new repository, and is in the settings of one that is set up; and a report of another form. */
const answers = [
  ...["app", "env", "account", "region", "eks", "clusterContext", "namespace", "repository", "kmsKey"],
  ...["recipient", "baseImage", "binaryImage", "source", "healthPath", "json"],
]

export function addInit(program: Command, { outcome }: Invocation): void {
  const command = program
    .command("init")
    .description("write what a Laravel repository needs of envseal; never over a file of yours")
    .option("--app <name>", "name of the app")
    .option("--env <name>", "an environment, by default production; repeatable", collect)
    .option("--account <id>", "the AWS account, 12 digits")
    .option("--region <region>", "the AWS Region")
    .option("--eks <name>", "the EKS cluster")
    .option("--cluster-context <name>", "the kubeconfig's context, for a cluster that is not of EKS")
    .option("--namespace <name>", "the namespace; for several environments with {environment} in it")
    .option("--repository <name>", "the app's repository of images, by default of ECR")
    .option("--kms-key <arn>", "the KMS key, for several environments ENVIRONMENT=ARN; repeatable", collect)
    .option("--recipient <recipient>", "who else can open it: age1… ; repeatable", collect)
    .option("--base-image <image>", "the image that PHP is in, by default for composer.json")
    .option("--binary-image <image>", "the image that carries envseal, by its digest")
    .option("--source <name>", "branch, tag or commit that is built")
    .option("--health-path <path>", "what the readiness probe asks for, by default /up")
    .addOption(
      new Option("--update", "bring the files of a repository that is set up to those of today")
        .default(false)
        .conflicts(answers),
    )
    .option("-y, --yes", "never ask: take what is suggested, and refuse when something is missing", false)
    .option("-n, --dry-run", "write nothing", false)
  addJsonOption(addLogOptions(command))
    .addHelpText(
      "after",
      `
With --update, each file that differs is shown, and what to do is asked; with
--yes, only what nobody has changed since envseal wrote it is written over.

Run it at the top of the repository. A file that is there already and differs
is shown, and what to do is asked; with --yes, or without a terminal, the new
one is written beside it as NAME.envseal. Lines that .gitignore lacks are shown
and, once you agree or with --yes, added. Nothing is asked of AWS or the
cluster.

Examples:
  $ envseal init
  $ envseal init --yes --app shop --env production --env staging \\
      --account 111122223333 --region eu-west-1 --eks main`,
    )
    .action(async (options: InitOptions) => {
      if (!options.update) return run(options, outcome)
      const { runUpdate } = await import("./update.ts")
      return runUpdate(options, outcome)
    })
}

async function run(options: InitOptions, outcome: AnswerStatus): Promise<void> {
  const log = makeLog(options)
  const [
    { init },
    { nodeWorkTree },
    { cloneFolder },
    { canAsk, Interrupted, terminalAsker },
    { contextNames, initPorts },
  ] = await Promise.all([
    import("../run/init.ts"),
    import("../../adapters/node/work-tree.ts"),
    import("../../adapters/node/clone-folder.ts"),
    import("../../cli/ask.ts"),
    import("../../cli/wiring/setup.ts"),
  ])
  const repository = await initPorts()
  const { regionOf } = await import("../../core/region.ts")
  const asker = options.yes || options.json || !canAsk() ? null : terminalAsker
  const ports = {
    tree: nodeWorkTree("."),
    ...repository,
    contexts: await contextNames(log),
    region: regionOf(process.env),
    clone: cloneFolder(),
    asker,
    warn: log.warn,
    show: (lines: readonly string[]) => {
      if (asker === null && (options.quiet || options.json)) return
      writeStderr(lines.map((line) => `${printableLine(line)}\n`).join(""))
    },
  }
  try {
    report(await init({ given: options, dryRun: options.dryRun, adds: options.yes }, ports), options, log)
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error
    log.note("interrupted; nothing was written")
    outcome.status = interrupted
  }
}

/** As a shell gives it for a program that SIGINT ended. */
const interrupted = 130

function report(result: InitResult, { json, dryRun, quiet }: InitOptions, log: CommandLog): void {
  if (json) {
    printJson({ dryRun, ...result })
    return
  }
  printLines(result.placed.map((placed) => lineOf(placed, dryRun)))
  if (result.concluded.length > 0) log.note("what the app needs, and what says so:")
  for (const { what, from } of result.concluded) log.note(`${what} (${from})`)
  log.note(`${count(result.written.length, "file")} ${dryRun ? "would be written" : "written"}; next:`)
  sayNextSteps(result.next, quiet)
}

const words = {
  written: "written",
  unchanged: "there already, the same",
  replaced: "replaced",
  kept: "left as it is",
  beside: "left as it is; written beside it as",
  added: "lines added",
} as const

const wouldWords = {
  ...words,
  written: "would be written",
  replaced: "would be replaced",
  beside: "would be left as it is; would be written beside it as",
  added: "lines would be added",
} as const

function lineOf({ path, outcome, beside }: Placed, dryRun: boolean): string {
  const word = (dryRun ? wouldWords : words)[outcome]
  return `${path}: ${word}${beside === null ? "" : ` ${beside}`}`
}
