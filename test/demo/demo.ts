import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { readDotenv } from "../../src/dotenv/read.ts"
import { demoSecret } from "./secret.ts"

const program = join(import.meta.dirname, "../../bin/envseal.js")
const context = "app=shop,environment=production"

/** Seals and opens a secret with the built command line, and compares every value that comes back. */
function main(): void {
  const folder = mkdtempSync(join(tmpdir(), "envseal-demo-"))
  try {
    play(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function play(folder: string): void {
  const run = (...args: string[]) => envseal(folder, args)
  const secret = demoSecret()
  writeFileSync(join(folder, "secret.json"), JSON.stringify(secret))
  title(`A secret of ${Object.keys(secret).length} names, and an identity to open it with`)
  const recipient = run("keygen", "--out", "key.txt").trim()
  title("The build seals: it has the recipient, and cannot open")
  run("seal", "--from", "file:secret.json", "--recipient", recipient, "--context", context)
  print(shorten(readFileSync(join(folder, ".env.sealed"), "utf8")))
  title("Anyone with the image can see this, and no more")
  print(run("inspect"))
  title("The container opens: it has the identity, and says what it expects")
  run("open", "--expect", context, "--identity", "key.txt")
  compare("the .env file", secret, fileValues(join(folder, ".env")))
  const dump = "process.stdout.write(JSON.stringify(process.env))"
  const child = run(
    "open",
    "-q",
    "--expect",
    context,
    "-i",
    "key.txt",
    "--env",
    "--",
    process.execPath,
    "-e",
    dump,
  )
  compare("the app's own process", secret, new Map(Object.entries(JSON.parse(child))))
}

function envseal(folder: string, args: readonly string[]): string {
  print(
    `$ envseal ${args.map((arg) => (/[ ()]/.test(arg) ? "'…'" : arg === process.execPath ? "node" : arg)).join(" ")}`,
  )
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    cwd: folder,
    encoding: "utf8",
  })
  if (stderr !== "") print(stderr.replaceAll(`${folder}/`, "").trimEnd())
  if (status !== 0) throw new Error(`envseal ${args[0]} ended with ${status}`)
  return stdout
}

function fileValues(path: string): Map<string, string | null> {
  return new Map(readDotenv(readFileSync(path, "utf8")).map(({ name, value }) => [name, value]))
}

function compare(where: string, secret: Record<string, unknown>, values: ReadonlyMap<string, unknown>): void {
  const wrong = Object.entries(secret).filter(([name, value]) => values.get(name) !== String(value))
  if (wrong.length > 0) throw new Error(`${where} is wrong for ${wrong.map(([name]) => name).join(", ")}`)
  print(`every one of ${Object.keys(secret).length} values came back in ${where}`)
}

function title(text: string): void {
  print(`\n== ${text}`)
}

function shorten(armored: string): string {
  const lines = armored.trimEnd().split("\n")
  return [...lines.slice(0, 4), `… ${lines.length - 7} lines more …`, ...lines.slice(-3)].join("\n")
}

function print(text: string): void {
  process.stdout.write(`${text.trimEnd()}\n`)
}

main()
