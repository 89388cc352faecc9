import type { Command } from "commander"

/** The program and every command below it, at any depth. */
export function allCommands(program: Command): Command[] {
  return [program, ...program.commands.flatMap(allCommands)]
}

/** Such as `env add`; the program's own name for the program. */
export function commandPath(command: Command): string {
  const { parent } = command
  return parent === null || parent.parent === null
    ? command.name()
    : `${commandPath(parent)} ${command.name()}`
}

/** How it is called, such as `envseal env add`. */
export function callOf(command: Command): string {
  return command.parent === null ? command.name() : `envseal ${commandPath(command)}`
}
