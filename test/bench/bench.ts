import { spawnSync } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { demoSecret } from "../demo/secret.ts"

/** One program to time: it runs in the folder of the bench, and its standard output or file is checked once. */
interface Contender {
  readonly name: string
  readonly argv: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** True when what the program left is right. */
  readonly isRight: (stdout: string) => boolean
}

const root = join(import.meta.dirname, "../..")
const program = join(root, "bin/envseal.js")
const bun = join(root, "node_modules/.bin/bun")
const runs = Number(process.env["BENCH_RUNS"] ?? 15)
const folder = mkdtempSync(join(tmpdir(), "envseal-bench-"))

try {
  process.exitCode = main() ? 0 : 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function main(): boolean {
  const contenders = prepare()
  const missing = contenders.filter(({ argv }) => !exists(argv[0] ?? ""))
  const present = contenders.filter((contender) => !missing.includes(contender))
  const wrong = present.filter((contender) => !contender.isRight(run(contender)))
  for (const { name } of wrong) console.error(`${name} failed, or gave something else`)
  const medians = measure(present)
  const base = medians.get("empty Node program") ?? Number.NaN
  console.log(`medians of ${runs} whole processes, in turns; Node ${process.versions.node}\n`)
  console.log(row("program", "median", "to empty Node"))
  for (const { name } of present) {
    const median = medians.get(name) ?? Number.NaN
    console.log(row(name, `${median.toFixed(1)} ms`, (median / base).toFixed(2)))
  }
  for (const { name } of missing) console.log(row(name, "missing", ""))
  return wrong.length === 0
}

function row(name: string, median: string, ratio: string): string {
  return `${name.padEnd(42)} ${median.padStart(12)} ${ratio.padStart(14)}`
}

/** Every contender once a round, so that what else the machine does falls on all of them. */
function measure(contenders: readonly Contender[]): Map<string, number> {
  const times = new Map(contenders.map(({ name }): [string, number[]] => [name, []]))
  for (let round = 0; round < runs; round++) {
    for (const contender of contenders) {
      const started = process.hrtime.bigint()
      run(contender)
      times.get(contender.name)?.push(Number(process.hrtime.bigint() - started) / 1e6)
    }
  }
  return new Map(
    [...times].map(([name, list]) => [name, list.sort((a, b) => a - b)[list.length >> 1] ?? Number.NaN]),
  )
}

function run({ argv: [command = "", ...args], env }: Contender): string {
  const options = { cwd: folder, encoding: "utf8", env: { PATH: process.env["PATH"] ?? "", ...env } } as const
  const { status, stdout } = spawnSync(command, args, options)
  return status === 0 ? stdout : ""
}

function exists(command: string): boolean {
  return existsSync(command) || spawnSync("sh", ["-c", `command -v ${command}`]).status === 0
}

function prepare(): Contender[] {
  const node = process.execPath
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text)
  write("secret.json", JSON.stringify(demoSecret()))
  const big = Array.from({ length: 1_000 }, (_, at): [string, string] => [
    `NAME_${at}`,
    `value ${at} ${"x".repeat(40)}`,
  ])
  write("big.json", JSON.stringify(Object.fromEntries(big)))
  write("empty.mjs", "")
  const prepared = (...argv: string[]) => {
    const { status, stdout, stderr } = spawnSync(argv[0] ?? "", argv.slice(1), {
      cwd: folder,
      encoding: "utf8",
    })
    if (status !== 0 && argv[0] === node) throw new Error(stderr)
    return stdout.trim()
  }
  const recipient = prepared(node, program, "keygen", "-q", "-o", "key.txt")
  const seal = ["seal", "-q", "-r", recipient, "-c", "app=shop"]
  prepared(node, program, ...seal, "-f", "file:secret.json")
  const open = ["open", "-q", "-i", "key.txt", "--expect", "app=shop", "--stdout"]
  const text = `${prepared(node, program, ...open)}\n`
  write("plain.env", text)
  write("pass.txt", "a passphrase for the bench\n")
  prepared(
    "openssl",
    "enc",
    "-aes-256-cbc",
    "-pbkdf2",
    "-in",
    "plain.env",
    "-out",
    "openssl.enc",
    "-pass",
    "file:pass.txt",
  )
  prepared("age", "-r", recipient, "-o", "plain.age", "plain.env")
  const dotenvx = join(root, "node_modules/.bin/dotenvx")
  write(".env.dotenvx", text)
  prepared(dotenvx, "encrypt", "-f", ".env.dotenvx")
  const isText = (stdout: string) => stdout === text
  const isDone = (path: string) => () =>
    existsSync(join(folder, path)) && readFileSync(join(folder, path)).length > 500
  return [
    { name: "empty Node program", argv: [node, "empty.mjs"], isRight: () => true },
    { name: "empty Bun program", argv: [bun, "empty.mjs"], isRight: () => true },
    { name: "envseal open, Node", argv: [node, program, ...open], isRight: isText },
    { name: "envseal open, Bun", argv: [bun, program, ...open], isRight: isText },
    {
      name: "envseal open to a file, Node",
      argv: [node, program, ...open.slice(0, -1), "-o", "opened.env"],
      isRight: isDone("opened.env"),
    },
    {
      name: "envseal seal, Node",
      argv: [node, program, ...seal, "-f", "file:secret.json", "-o", "a.sealed"],
      isRight: isDone("a.sealed"),
    },
    {
      name: "envseal seal, 1,000 names in 64 KB, Node",
      argv: [node, program, ...seal, "-f", "file:big.json", "-o", "b.sealed"],
      isRight: isDone("b.sealed"),
    },
    {
      name: "dotenvx decrypt",
      argv: [dotenvx, "decrypt", "-f", ".env.dotenvx", "--stdout"],
      isRight: (stdout) => stdout.includes("APP_NAME"),
    },
    {
      name: "openssl enc -d -pbkdf2",
      argv: [
        "openssl",
        "enc",
        "-d",
        "-aes-256-cbc",
        "-pbkdf2",
        "-in",
        "openssl.enc",
        "-pass",
        "file:pass.txt",
      ],
      isRight: isText,
    },
    { name: "age -d", argv: ["age", "-d", "-i", "key.txt", "plain.age"], isRight: isText },
  ]
}
