import { Command } from "commander"
import type { Invocation } from "./invocation.ts"
import { versionText } from "./version.ts"

type AddCommand = (program: Command, invocation: Invocation) => void

/** In the order of the help. */
const commands: Readonly<Record<string, () => Promise<AddCommand>>> = {
  init: async () => (await import("../setup/command/init.ts")).addInit,
  env: async () => (await import("../setup/command/env.ts")).addEnv,
  seal: async () => (await import("../seal/command/seal.ts")).addSeal,
  open: async () => (await import("../open/command/open.ts")).addOpen,
  inspect: async () => (await import("../open/command/inspect.ts")).addInspect,
  keygen: async () => (await import("../open/command/keygen.ts")).addKeygen,
  rekey: async () => (await import("../open/command/rekey.ts")).addRekey,
  diff: async () => (await import("../open/command/diff.ts")).addDiff,
  check: async () => (await import("../seal/command/check.ts")).addCheck,
  scan: async () => (await import("../scan/command/scan.ts")).addScan,
  deploy: async () => (await import("../deploy/command/deploy.ts")).addDeploy,
  rollback: async () => (await import("../deploy/command/rollback.ts")).addRollback,
  history: async () => (await import("../deploy/command/history.ts")).addHistory,
  doctor: async () => (await import("../doctor/command/doctor.ts")).addDoctor,
  status: async () => (await import("../status/command/status.ts")).addStatus,
  policy: async () => (await import("../setup/command/policy.ts")).addPolicy,
}

/**
 * The command line. A container waits for `open`: only the command that is called is loaded, and it loads what it
 * needs when it runs.
 *
 * @param name what stands in the place of a command; all are loaded when it is none.
 */
export async function makeProgram(invocation: Invocation, name: string | undefined): Promise<Command> {
  const program = new Command("envseal")
    .description("Seal an app's secrets into its container image, open them when it starts.")
    .version(versionText(), "-V, --version", "print version, commit and runtime")
    .helpOption("-h, --help", "show help")
    .helpCommand("help [command]", "show help for a command")
    .showHelpAfterError(false)
    .exitOverride()
    .configureHelp({ showGlobalOptions: false })
    .addHelpText(
      "after",
      `
Examples:
  $ envseal keygen --out key.txt
  $ envseal seal --from file:secret.json -r age1… --context app=shop,environment=production
  $ envseal open --expect app=shop,environment=production -i key.txt -- php-fpm

Exit status:
  0 done  1 a bug  2 usage  3 the answer is no  4 bad input or output
  5 no usable key, or access denied  6 altered, or not for here
  7 a remote failed, or time ran out  8 the deploy failed`,
    )
  for (const load of called(name)) (await load())(program, invocation)
  return program
}

function called(name: string | undefined): (() => Promise<AddCommand>)[] {
  if (name === "-V" || name === "--version") return []
  const load = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined
  return load === undefined ? Object.values(commands) : [load]
}
