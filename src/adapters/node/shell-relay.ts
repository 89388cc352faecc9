import type { Program, RawText, RawVariables } from "../../ports/runtime.ts"
import { existsSync } from "../system/file-calls.ts"
import { hasSlash, rawBytes, rawVariable } from "./raw-text.ts"

/** A program as a runtime can start it: in strings. */
export interface Relay {
  readonly file: string
  readonly argv: readonly string[]
  readonly variables: readonly (readonly [string, string])[]
}

const shell = "/bin/sh"
const envPrograms = ["/usr/bin/env", "/bin/env"]

/**
 * Makes the bytes of what `printf` wrote for them. Values come in variables with names of their own, because a shell
 * drops or changes some variables, and because nothing of them may be on a command line. Then `env` empties the
 * environment and sets what its -S text says, which is names and references only, and becomes the command.
 */
const script = `
for n in $RAW; do
  eval "v=\\$$n"
  v=$(printf '%b.' "$v")
  eval "$n=\\\${v%.}"
done
for a do
  shift
  a=$(printf '%b.' "$a")
  set -- "$@" "\${a%.}"
done
exec "$ENV_PROGRAM" -S "$NAMES" "$@"
`

/**
 * Hands bytes on where the runtime can start a program with strings only: through a shell and `env` of GNU, each of
 * which becomes the next one.
 *
 * @param env the program that {@link relayProgram} found.
 */
export function relayThrough(env: string, { file, argv }: Program, variables: RawVariables): Relay {
  const settings = variables.flatMap(([name], at) => [
    Buffer.from(" "),
    quoted(name),
    Buffer.from(`=\${E${at}}`),
  ])
  const values = variables.map(([, value], at): [string, string] => [
    `E${at}`,
    typeof value === "string" ? value : escaped(value),
  ])
  const raw = values.filter((_, at) => typeof variables[at]?.[1] !== "string").map(([name]) => name)
  const [command = file, ...args] = argv
  // env looks the command up in the PATH that it sets; without one it has a shorter list.
  const called = rawVariable(variables, "PATH") || hasSlash(command) ? command : file
  return {
    file: shell,
    argv: [shell, "-c", script, shell, ...[called, ...args].map(escaped)],
    variables: [
      ...values,
      ["NAMES", escaped(Buffer.concat([Buffer.from("-i --"), ...settings]))],
      ["RAW", [...raw, "NAMES"].join(" ")],
      ["ENV_PROGRAM", env],
      ["LC_ALL", "C"],
    ],
  }
}

/**
 * Finds an `env` that does it, by having one hand on a byte.
 *
 * @returns `null` where there is no shell, or no `env` that can: that of busybox cannot.
 */
export function relayProgram(): string | null {
  if (!existsSync(shell)) return null
  return envPrograms.find((env) => existsSync(env) && handsOn(env)) ?? null
}

function handsOn(env: string): boolean {
  const [name, value] = [Buffer.from([0xe9, 0x27]), Buffer.from([0x80, 0x24, 0x0a])]
  const program = { file: env, argv: [env, "-0"] }
  const { file, argv, variables } = relayThrough(env, program, [[name, value]])
  // Loaded where it is needed: few have what only a shell can hand on.
  const { spawnSync } = process.getBuiltinModule("node:child_process")
  const { status, stdout } = spawnSync(file, argv.slice(1), { env: Object.fromEntries(variables) })
  const expected = Buffer.concat([name, Buffer.from("="), value, Buffer.alloc(1)])
  return status === 0 && expected.equals(stdout)
}

/** Whether `env` takes a command for one: it takes another word for a setting or an option. */
export function isRelayed(command: RawText): boolean {
  const bytes = rawBytes(command)
  return !bytes.includes("=") && !bytes.toString("latin1").startsWith("-")
}

/** For `printf %b`: bytes beyond ASCII, and the backslash, as octal numbers. */
function escaped(text: RawText): string {
  return rawBytes(text)
    .toString("latin1")
    .replace(/[\\\x80-\xff]/g, (c) => `\\0${c.charCodeAt(0).toString(8).padStart(3, "0")}`)
}

/** For `env -S`. */
function quoted(name: RawText): Buffer {
  return Buffer.from(`'${rawBytes(name).toString("latin1").replace(/['\\]/g, "\\$&")}'`, "latin1")
}
