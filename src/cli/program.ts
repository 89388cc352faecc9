import { Command, type CommanderError, Option } from "commander"
import { writeStderr, writeStdout } from "../adapters/node/standard-streams.ts"
import { EnvsealError } from "../core/error.ts"
import { allCommands, callOf, commandPath } from "./commands.ts"
import { addHelp, helpStyle } from "./help.ts"
import type { Invocation } from "./invocation.ts"
import { addOptions } from "./option-spec.ts"
import { colourOption, commonHeading } from "./options.ts"
import { versionText } from "./version.ts"

type AddCommand = (program: Command, invocation: Invocation) => void

type Load = () => Promise<AddCommand>

/** By the heading that it has in the help, and in its order. */
const commandGroups: Readonly<Record<string, Readonly<Record<string, Load>>>> = {
  "Set up:": {
    init: async () => (await import("../setup/command/init.ts")).addInit,
    env: async () => (await import("../setup/command/env.ts")).addEnv,
    policy: async () => (await import("../setup/command/policy.ts")).addPolicy,
    manifests: async () => (await import("../setup/command/manifests.ts")).addManifests,
    doctor: async () => (await import("../doctor/command/doctor.ts")).addDoctor,
  },
  "Seal and open:": {
    seal: async () => (await import("../seal/command/seal.ts")).addSeal,
    check: async () => (await import("../seal/command/check.ts")).addCheck,
    open: async () => (await import("../open/command/open.ts")).addOpen,
    inspect: async () => (await import("../open/command/inspect.ts")).addInspect,
    diff: async () => (await import("../open/command/diff.ts")).addDiff,
    rekey: async () => (await import("../open/command/rekey.ts")).addRekey,
    keygen: async () => (await import("../open/command/keygen.ts")).addKeygen,
    scan: async () => (await import("../scan/command/scan.ts")).addScan,
    reseal: async () => (await import("../reseal/command/reseal.ts")).addReseal,
  },
  "Change a secret:": {
    secret: async () => (await import("../secret/command/secret.ts")).addSecret,
  },
  "Deploy:": {
    deploy: async () => (await import("../deploy/command/deploy.ts")).addDeploy,
    rollback: async () => (await import("../deploy/command/rollback.ts")).addRollback,
    history: async () => (await import("../deploy/command/history.ts")).addHistory,
    status: async () => (await import("../status/command/status.ts")).addStatus,
  },
  "Of envseal itself:": {
    help: async () => addHelp,
    completion: async () => (await import("./complete.ts")).addCompletion,
    version: async () => addVersion,
  },
}

const commands: Readonly<Record<string, Load>> = Object.assign({}, ...Object.values(commandGroups))

/**
 * The command line. A container waits for `open`: only the command that is called is loaded, and it loads what it
 * needs when it runs.
 *
 * @param name what stands in the place of a command; all are loaded when it is none.
 */
export async function makeProgram(invocation: Invocation, name: string | undefined): Promise<Command> {
  const program = new Command("envseal")
    .description("Seal an app's secrets into its container image, open them when it starts.")
    .usage("<command> [options]")
    .version(versionText(), "-v, --version", "print version, commit and runtime")
    .helpOption("-h, --help", "show help")
    .helpCommand(false)
    .showHelpAfterError(false)
    .configureHelp(helpStyle)
    .addHelpText(
      "after",
      `
Examples:
  $ envseal init
  $ envseal seal production
  $ envseal open --expect app=shop,environment=production -- php-fpm
  $ envseal deploy production

More: envseal help COMMAND, help environment (variables), help exit-status.`,
    )
  addOptions(program, [colourOption])
  for (const load of called(name)) (await load())(program, invocation)
  for (const [heading, group] of Object.entries(commandGroups)) {
    for (const command of program.commands) {
      if (Object.hasOwn(group, command.name())) command.helpGroup(heading)
    }
  }
  for (const command of allCommands(program)) makeUniform(command)
  return program
}

function addVersion(program: Command): void {
  program
    .command("version")
    .description("print version, commit and runtime")
    .action(() => writeStdout(`${versionText()}\n`))
}

/** What holds for every command: it prints through us, throws its own failures, and a group of commands wants one. */
function makeUniform(command: Command): void {
  command
    .showSuggestionAfterError(false)
    .configureOutput({ writeOut: writeStdout, writeErr: writeStderr, outputError: () => {} })
    .exitOverride((error) => {
      if (error.exitCode === 0) throw error
      throw new RefusedLine(error, command)
    })
  if (command.parent === null) return
  command.addHelpOption(new Option("-h, --help", "show help").helpGroup(commonHeading))
  if (command.commands.length === 0) return
  const calls = command.commands.map(callOf)
  command.action(() => {
    throw new EnvsealError("USAGE", `${commandPath(command)} is given without a command`, {
      hint: `write one of: ${calls.join(", ")}`,
    })
  })
}

/** What commander says of a command line. */
export class RefusedLine extends Error {
  readonly refusal: CommanderError
  readonly command: Command

  constructor(refusal: CommanderError, command: Command) {
    super("the command line is refused", { cause: refusal })
    this.refusal = refusal
    this.command = command
  }
}

/** What to tell of a refused line. All commands are loaded for it: an option may be another one's. */
export async function refusalFailure({ refusal, command }: RefusedLine): Promise<EnvsealError> {
  const [{ usageError }, all] = await Promise.all([
    import("./usage.ts"),
    makeProgram({ command: null, outcome: { status: 0 } }, undefined),
  ])
  return usageError(refusal, { command, others: allCommands(all).filter(({ parent }) => parent !== null) })
}

/** `help` shows any of them. */
function called(name: string | undefined): Load[] {
  if (name === "-v" || name === "--version") return []
  const load =
    name !== undefined && name !== "help" && Object.hasOwn(commands, name) ? commands[name] : undefined
  return load === undefined ? Object.values(commands) : [load]
}
