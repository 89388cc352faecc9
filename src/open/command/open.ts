import type { Command } from "commander"
import { givenArguments, givenVariables } from "../../adapters/node/given.ts"
import { rawString } from "../../adapters/node/raw-text.ts"
import { writeStdout } from "../../adapters/node/standard-streams.ts"
import { addEnvironmentArgument } from "../../cli/environment-argument.ts"
import { exitStatus, exitStatusOf } from "../../cli/exit.ts"
import type { Invocation } from "../../cli/invocation.ts"
import type { CommandLog } from "../../cli/log.ts"
import { addOptions, type OptionSpec, readPlainly } from "../../cli/option-spec.ts"
import { type CommonOptions, logOptions, parseMode, remoteOptions } from "../../cli/options.ts"
import { refuseOverwrite } from "../../cli/overwrite.ts"
import { type RemoteOptions, startSession } from "../../cli/session.ts"
import { type SettingsOptions, settingsOf, settingsOptions } from "../../cli/settings.ts"
import { podPlace } from "../../cli/wiring/aws.ts"
import type { EnvironmentSettings } from "../../config/settings.ts"
import { EnvsealError } from "../../core/error.ts"
import { count, encodeUtf8, isLikeName } from "../../core/text.ts"
import { formatContext } from "../../envelope/context.ts"
import type { Ports } from "../../ports/envelope-ports.ts"
import type { PlannedSecret, WrittenSecret } from "../../ports/files.ts"
import type { Environment, RawVariables } from "../../ports/runtime.ts"
import { type Opened, type OpenRequest, open } from "../run/open-envelope.ts"
import type { FileToWrite } from "../run/reading-facts.ts"
import { needsSettings, type UnlockOptions, unlockOf, unlockOptions } from "./unlock-options.ts"

interface OpenOptions extends CommonOptions, UnlockOptions, SettingsOptions, RemoteOptions {
  readonly in: string
  readonly out?: string
  readonly mode: number
  readonly owner?: string
  readonly requireTmpfs: boolean
  readonly stdout: boolean
  readonly env: boolean
}

const defaultOut = ".env"

/** What `open` takes before `--`. */
export const openOptions: readonly OptionSpec[] = [
  { flags: "--in <file>", description: "the envelope; - is standard input", initial: ".env.sealed" },
  {
    flags: "-o, --out <file>",
    description: `the file to write, or - as --stdout (default: "${defaultOut}")`,
  },
  ...settingsOptions,
  ...unlockOptions,
  {
    flags: "--mode <octal>",
    description: "permissions of the file",
    read: parseMode,
    initial: 0o400,
    shown: "0400",
  },
  { flags: "--owner <user:group>", description: "owner of the file, by name or number" },
  { flags: "--require-tmpfs", description: "refuse to write anywhere but into memory", initial: false },
  { flags: "--stdout", description: "print the .env instead of writing it", initial: false },
  {
    flags: "--env",
    description: "give the values to the command as variables instead of writing a file",
    initial: false,
  },
  ...remoteOptions(20_000),
  ...logOptions,
]

export function addOpen(program: Command, invocation: Invocation): void {
  const command = program
    .command("open")
    .description("decrypt an envelope into a .env, then become the app's process")
    .usage("[options] [environment] [-- command args…]")
  addEnvironmentArgument(addOptions(command, openOptions))
    .addHelpText(
      "after",
      `
An identity is looked for in --identity, ENVSEAL_IDENTITY_FILE,
ENVSEAL_IDENTITY and /run/secrets/envseal-identity, in this order; then KMS is
asked. ENVSEAL_EXPECT stands in for --expect, and ENVSEAL_KMS_KEY for
--kms-key; what neither says is taken from envseal.yaml in the working
directory, with -e or ENVSEAL_ENVIRONMENT. With KMS, an expectation is
required. Variables whose names begin with ENVSEAL_ are not passed on to the
command.

Example:
  $ envseal open --expect app=shop,environment=production -- php-fpm`,
    )
    .action(async (name: string | undefined, options: OpenOptions) => {
      try {
        await act(options, invocation)
      } catch (error) {
        throw invocation.command === null && name !== undefined ? orCommand(error, name) : error
      }
    })
}

/** What is written as an environment, and is none, may be a command without its `--`. */
function orCommand(error: unknown, name: string): unknown {
  if (!(error instanceof EnvsealError) || exitStatus(error) !== exitStatusOf.USAGE) return error
  const { code, message, problems } = error
  const command = `a command stands behind --: envseal open -- ${isLikeName(name) ? name : "COMMAND"}`
  const hint = error.hint === undefined ? command : `${error.hint}; ${command}`
  return new EnvsealError(code, message, { hint, problems, cause: error })
}

/**
 * Opens without commander, when the command line is a plain one.
 *
 * @param args what follows `open`, without `--`.
 * @returns false when it is not, and nothing was done.
 */
export async function openPlainly(args: readonly string[], invocation: Invocation): Promise<boolean> {
  const options = readPlainly(openOptions, args)
  if (options === null) return false
  await act(options as unknown as OpenOptions, invocation)
  return true
}

async function act(given: OpenOptions, { command, outcome }: Invocation): Promise<void> {
  const { out, ...others } = given
  outcome.status = await run(out === "-" ? { ...others, stdout: true } : given, command)
}

async function run(options: OpenOptions, command: readonly string[] | null): Promise<number> {
  checkUsage(options, command)
  const settings = await settingsFor(options)
  const place = settings === null ? null : podPlace(settings)
  const { log, ports, deadline } = await startSession(options, place)
  await refuseOverwrite(options.out ?? defaultOut, inputsOf(options, ports.environment), ports.files)
  const opening = () => deadline.race("open", openEnvelope({ options, settings, ports, log }))
  if (!options.stdout) return handOver({ options, command, opening, ports, log })
  writeStdout((await opening()).text.reveal())
  return 0
}

function checkUsage({ out, stdout, env }: OpenOptions, command: readonly string[] | null): void {
  const usage = (message: string, hint: string) => new EnvsealError("USAGE", message, { hint })
  if (command?.length === 0) {
    throw usage("there is no command after --", "give one, as in: envseal open -- php-fpm (in an image: CMD)")
  }
  if (env && command === null)
    throw usage("--env needs a command", "give one, as in: envseal open --env -- php-fpm")
  if (stdout && command !== null) throw usage("--stdout and a command exclude each other", "drop one of them")
  if (env && stdout) throw usage("--env and --stdout exclude each other", "drop one of them")
  if (out !== undefined && (env || stdout)) {
    throw usage(`--out and ${env ? "--env" : "--stdout"} exclude each other`, "drop one of them")
  }
}

/** What opening reads: none of it may be lost to the plaintext. */
function inputsOf(options: OpenOptions, environment: Environment): string[] {
  const { in: envelope, identity = [], config } = options
  const named = [environment["ENVSEAL_IDENTITY_FILE"], config, environment["ENVSEAL_CONFIG"]]
  return [envelope, ...identity, ...named.filter((path) => path !== undefined)]
}

/** The variables of this process that a command gets: all but envseal's own. */
function handedOn(): RawVariables {
  return givenVariables().filter(([name]) => !rawString(name).startsWith("ENVSEAL_"))
}

/** No settings are read in a container whose pod template says all: it starts sooner, and also with a damaged file. */
async function settingsFor(options: OpenOptions): Promise<EnvironmentSettings | null> {
  const isAsked = options.environment !== undefined || options.config !== undefined
  if (!isAsked && !needsSettings(options, process.env)) return null
  return settingsOf(options, { parents: false })
}

interface Opening {
  readonly options: OpenOptions
  readonly settings: EnvironmentSettings | null
  readonly ports: Ports
  readonly log: CommandLog
}

async function openEnvelope({ options, settings, ports, log }: Opening): Promise<Opened> {
  const unlock = unlockOf(options, ports.environment, settings)
  const request: OpenRequest = { in: options.in, ...unlock }
  const opened = await open(request, ports)
  const { context } = opened.claims
  if (request.expect === null && Object.keys(context).length > 0) {
    log.warn(`nothing was expected of the envelope: pass --expect ${formatContext(context)}`)
  }
  return opened
}

interface Handover {
  readonly options: OpenOptions
  readonly command: readonly string[] | null
  readonly opening: () => Promise<Opened>
  readonly ports: Ports
  readonly log: CommandLog
}

/** To the app: writes the file, or gives the values to the command as variables, and becomes the command. */
async function handOver({ options, command, opening, ports, log }: Handover): Promise<number> {
  const { checkReading, nodeLauncher } = await import("./starting.ts")
  const variables = handedOn()
  // Found before anything is opened, so that a wrong command leaves no file behind.
  const program = command === null ? null : await nodeLauncher.find(givenArguments(command), variables)
  const opened = await opening()
  const file = options.env ? null : await fileOf(options, ports)
  checkReading(opened.values, file, { command, variables, log })
  const written = file === null ? null : await write(opened, options, file, log)
  const undo = () => written?.undo()
  // However this process ends before the command has taken its place, no plaintext stays for nobody.
  if (program !== null) process.on("exit", undo)
  await written?.settled
  if (program === null) return 0
  const status = await nodeLauncher.become(program, childVariables(opened, options, variables))
  process.off("exit", undo)
  return status
}

interface SecretToWrite extends FileToWrite {
  readonly planned: PlannedSecret
}

async function fileOf(options: OpenOptions, { files }: Ports): Promise<SecretToWrite> {
  const { out: path = defaultOut, mode, owner = null, requireTmpfs } = options
  const planned = await files.planSecret(path, { mode, owner, requireTmpfs })
  return { path, planned, isOwned: owner !== null }
}

async function write(
  { text, values }: Opened,
  { mode }: OpenOptions,
  { planned }: SecretToWrite,
  log: CommandLog,
): Promise<WrittenSecret> {
  if ((mode & 0o007) !== 0) log.warn(`mode 0${mode.toString(8)} lets every user use the file`)
  const written = await planned.write(encodeUtf8(text.reveal()))
  log.note(`opened ${count(values.size, "name")} into ${written.path}`)
  return written
}

function childVariables(opened: Opened, { env }: OpenOptions, own: RawVariables): RawVariables {
  if (!env) return own
  const injected = [...opened.values].map(([name, value]): [string, string] => [name, value.reveal()])
  return [...own.filter(([name]) => typeof name !== "string" || !opened.values.has(name)), ...injected]
}
