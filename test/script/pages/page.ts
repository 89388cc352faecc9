import { execFileSync } from "node:child_process"
import { chmodSync, mkdirSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"
import { expect } from "vitest"
import { scriptOf } from "../../docs/page-commands.ts"
import { type Run, type Sandbox, sandbox } from "../harness.ts"
import { Terminal } from "../terminal.ts"

/** Somebody who is not root. */
const user = 10_001

/** Where the commands of a page are run. */
export interface Place {
  /** The folder, whose files are there before. */
  readonly box?: Sandbox
  readonly env?: Readonly<Record<string, string>>
  /** Variables of envseal alone, by its command; `else` for all others. */
  readonly as?: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** What a reader has in the place of a text of the page. */
  readonly own?: Readonly<Record<string, string>>
  /** Commands that end with another status than 0, as the page says. */
  readonly ends?: Readonly<Record<string, number>>
  /** Programs that are not envseal's, as scripts: of a shell, where they do not say otherwise. */
  readonly programs?: Readonly<Record<string, string>>
  /** Not as root, for whom `open` refuses to start php-fpm. */
  readonly asUser?: boolean
  /** On a terminal: what is asked there, in this order, each with the line that is typed. */
  readonly answers?: readonly (readonly [question: string, line: string])[]
}

/** A page whose commands were run. */
export interface PageRun extends Run {
  readonly box: Sandbox
  /** What it left in its folder. */
  readonly left: readonly string[]
}

/** Runs the commands of a page as they are pasted, one after the other, until one fails. */
export function runPage(page: string, place: Place = {}): Promise<PageRun> {
  return runScript(scriptOf(page), place)
}

/** Runs some of the commands of a page. */
export async function runScript(shown: string, place: Place): Promise<PageRun> {
  const box = place.box ?? sandbox()
  const script = withStatuses(withOwn(shown, place.own ?? {}), place.ends ?? {})
  const env = { ...place.env, ...install(box, place) }
  const before = box.list()
  const asUser = place.asUser === true && process.getuid?.() === 0
  if (asUser) execFileSync("chown", ["-R", `${user}:${user}`, box.folder])
  const run =
    place.answers === undefined
      ? await box.run("bash", ["-euo", "pipefail", "-c", script], { env, ...(asUser && { uid: user }) })
      : await onTerminal(box, script, env, place.answers)
  return { ...run, box, left: box.list().filter((name) => !before.includes(name)) }
}

function withOwn(script: string, own: Readonly<Record<string, string>>): string {
  return Object.entries(own).reduce((text, [from, to]) => {
    expect(text).toContain(from)
    return text.replaceAll(from, to)
  }, script)
}

function withStatuses(script: string, ends: Readonly<Record<string, number>>): string {
  return Object.entries(ends).reduce((text, [command, status]) => {
    expect(text.split(`${command}\n`)).toHaveLength(2)
    return text.replace(`${command}\n`, `status=0; ${command} || status=$?; test $status = ${status}\n`)
  }, script)
}

/** Gives a folder the program under its two names, so that nothing in a command has to be replaced. */
function install(box: Sandbox, { as = {}, programs = {} }: Place): Record<string, string> {
  for (const folder of ["bin", "home"]) mkdirSync(box.path(folder), { recursive: true })
  const command = box.command([]).map(quoted).join(" ")
  const roles = Object.entries(as).map(([name, variables]) => {
    const exports = Object.entries(variables).map(([key, value]) => `export ${key}=${quoted(value)};`)
    return `  ${name === "else" ? "*" : name}) ${exports.join(" ")} ;;\n`
  })
  const who = roles.length === 0 ? "" : `case "$1" in\n${roles.join("")}esac\n`
  const all = {
    envseal: `${who}case " $* " in *" --watch "*) ${followed(command)} ;; esac\nexec ${command} "$@"\n`,
    npx: '[ "$1" = envseal ] || exit 127\nshift\nexec envseal "$@"\n',
    ...programs,
  }
  for (const [name, text] of Object.entries(all)) {
    writeFileSync(box.path(`bin/${name}`), text.startsWith("#!") ? text : `#!/bin/sh\n${text}`)
    chmodSync(box.path(`bin/${name}`), 0o755)
  }
  return { PATH: `${box.path("bin")}:${process.env["PATH"] ?? ""}`, HOME: box.path("home") }
}

/** What goes on until Ctrl-C gets it once it has told something. */
function followed(command: string): string {
  return `pipe=$(mktemp -u); mkfifo "$pipe"; ${command} "$@" >"$pipe" & exec 3<"$pipe"; read -r line <&3; echo "$line"; kill -INT $!; wait $! || test $? = 130; exit`
}

const quoted = (word: string) => `'${word.replaceAll("'", "'\\''")}'`

async function onTerminal(
  box: Sandbox,
  script: string,
  env: Readonly<Record<string, string>>,
  answers: readonly (readonly [string, string])[],
): Promise<Run> {
  writeFileSync(box.path("home/script.sh"), script)
  const variables = { TMPDIR: box.folder, ...env }
  const words = ["bash", "-euo", "pipefail", box.path("home/script.sh")]
  const terminal = new Terminal(words, { cwd: box.folder, env: variables })
  const ended = terminal.ended()
  for (const [question, line] of answers) {
    const first = await Promise.race([terminal.answer(question, line), ended])
    if (first !== undefined) break
  }
  return { status: await ended, signal: null, stdout: terminal.screen, stderr: terminal.screen }
}

/** Writes files into a sandbox, in folders that need not be there. */
export function give(box: Sandbox, files: Readonly<Record<string, string>>): Sandbox {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(box.path(path)), { recursive: true })
    writeFileSync(box.path(path), text)
  }
  return box
}
