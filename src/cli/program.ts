import { Command } from "commander"
import { version } from "../core/version.ts"
import { addCheck } from "./commands/check.ts"
import { addDiff } from "./commands/diff.ts"
import { addInspect } from "./commands/inspect.ts"
import { addKeygen } from "./commands/keygen.ts"
import { addOpen } from "./commands/open.ts"
import { addPolicy } from "./commands/policy.ts"
import { addRekey } from "./commands/rekey.ts"
import { addScan } from "./commands/scan.ts"
import { addSeal } from "./commands/seal.ts"
import type { Invocation } from "./invocation.ts"

/** The command line. Commands load what they need when they run, not when they are registered. */
export function makeProgram(invocation: Invocation): Command {
  const program = new Command("envseal")
    .description("Seal an app's secrets into its container image, open them when it starts.")
    .version(version, "-V, --version", "print the version")
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
  5 no usable key  6 altered, or not for here  7 timed out`,
    )
  const commands = [addSeal, addOpen, addInspect, addKeygen, addRekey, addDiff, addCheck, addScan, addPolicy]
  for (const add of commands) add(program, invocation)
  return program
}
