import { chmodSync, mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { beforeAll, describe, expect, test } from "vitest"
import { type Sandbox, sandbox } from "../script/harness.ts"
import { Terminal } from "../script/terminal.ts"

const program = join(import.meta.dirname, "../../bin/envseal.js")

const settings = `version: 1
app: shop
environments:
  production: {}
  staging: {}
`

/** Tells what it was called with, and completes as the program does. */
const probe = `#!/bin/sh
case $1 in
  __complete | completion) exec "${process.execPath}" "${program}" "$@" ;;
esac
printf 'ran:'
printf '[%s]' "$@"
echo
`

/** How each shell starts without anybody's settings, and takes the script. */
const shells = [
  { shell: "bash", words: ["bash", "--norc", "-i"], source: "source <(envseal completion bash)" },
  {
    shell: "zsh",
    words: ["zsh", "-f", "-i"],
    source: "autoload -U compinit && compinit -D && source <(envseal completion zsh)",
  },
  { shell: "fish", words: ["fish", "--no-config", "-i"], source: "envseal completion fish | source" },
] as const

/** What is typed, with a Tab for each completion, and what the command line becomes. */
const lines = [
  ["a command, and an environment as its argument", "hist\tprod\t", "[history][production]"],
  ["an environment of -e", "seal -e stag\t", "[seal][-e][staging]"],
  ["an environment behind =", "seal --environment=stag\t", "[seal][--environment=staging]"],
  ["an option, and one of its values", "deploy --log\tta\t", "[deploy][--logs][tail]"],
  ["a command below another one", "env a\tqa --from prod\t", "[env][add][qa][--from][production]"],
  ["a topic of the help", "help exit\t", "[help][exit-status]"],
  ["no file where none may stand", "rollback --to sea\t", "[rollback][--to][sea]"],
  ["no file for an image of a registry", "deploy --image sea\t", "[deploy][--image][sea]"],
  ["a file", "inspect sea\t", "[inspect][sealed.age]"],
  ["a file of the app's command", "open -- sea\t", "[open][--][sealed.age]"],
] as const

let box: Sandbox
beforeAll(() => {
  box = sandbox({ "envseal.yaml": settings, "sealed.age": "" })
  mkdirSync(box.path("bin"))
  mkdirSync(box.path("home"))
  writeFileSync(box.path("bin/envseal"), probe)
  chmodSync(box.path("bin/envseal"), 0o755)
})

describe.each(shells)("In $shell, a Tab completes", ({ words, source }) => {
  test.each(lines)("%s", async (_, typed, line) => {
    const env = { PATH: `${box.path("bin")}:${process.env["PATH"] ?? ""}`, HOME: box.path("home"), PS1: "> " }
    const terminal = new Terminal(words, { cwd: box.folder, env })
    terminal.type(`${source}; echo rea''dy\r`)
    await terminal.shows("ready")
    terminal.type(`envseal ${typed}\r`)
    await terminal.shows("ran:")
    await terminal.shows("\n")
    terminal.type("exit\r")
    await terminal.ended()
    expect(terminal.screen.replaceAll("\r", "")).toContain(`ran:${line}`)
  })
})
