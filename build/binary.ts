import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { dropSectionTable } from "./elf.ts"
import { checkBuilders, pinnedRuntime } from "./runtime.ts"
import { writeSbom } from "./sbom.ts"
import { silenceVariables } from "./silence.ts"
import { targets } from "./targets.ts"

const root = join(import.meta.dirname, "..")
const out = join(root, "dist/bin")
const bun = join(root, "node_modules/.bin/bun")

const host = `${process.platform}-${process.arch}`

/**
 * Makes standalone binaries: `npm run build:binary` for this machine, `-- --target linux-arm64` for others
 * (repeatable), `-- --all` for all. Beside them stand SHA256SUMS and a bill of materials.
 */
function main(): void {
  const { values } = parseArgs({
    options: { target: { type: "string", multiple: true }, all: { type: "boolean", default: false } },
  })
  const wanted = values.all ? Object.keys(targets) : (values.target ?? [host])
  const unknown = wanted.find((name) => targets[name] === undefined)
  if (unknown !== undefined) throw new Error(`unknown target ${unknown}: ${Object.keys(targets).join(", ")}`)
  checkBuilders()
  mkdirSync(out, { recursive: true })
  const work = mkdtempSync(join(tmpdir(), "envseal-binary-"))
  try {
    const orders = recordOrders(work)
    for (const name of wanted) compile(name, work, orders)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
  writeChecksums()
  writeSbom(join(out, "envseal.cdx.json"))
}

function compile(name: string, work: string, bytecodeOrder: readonly string[] | null): void {
  const bundled = join(work, `envseal-${name}`)
  bundle(name, work, bundled, { bytecodeOrder, define: { ENVSEAL_COMMIT: JSON.stringify(commit()) } })
  const bytes = readFileSync(bundled)
  if (name.startsWith("linux-")) harden(bytes)
  const outfile = join(out, `envseal-${name}`)
  writeFileSync(outfile, bytes, { mode: 0o755 })
  process.stdout.write(`${outfile.slice(root.length + 1)}\n`)
}

function bundle(name: string, work: string, outfile: string, more: object): void {
  const target = targets[name] ?? ""
  const runtime = pinnedRuntime(target, work)
  const options = { entry: join(root, "src/cli/binary.ts"), target, runtime, outfile, ...more }
  execFileSync(bun, [join(import.meta.dirname, "bundle.mjs"), JSON.stringify(options)], { stdio: "inherit" })
}

/** Nothing in the environment, and no packager, may turn the binary into another program. */
function harden(bytes: Buffer): void {
  silenceVariables(bytes)
  dropSectionTable(bytes)
}

/** What a run of `open`, then one of `seal`, uses of the bytecode, so that it lies together in the file. */
function recordOrders(work: string): string[] | null {
  if (targets[host] === undefined) return null
  const first = join(work, "envseal")
  bundle(host, work, first, { define: {} })
  const run = (order: string, ...args: string[]) => {
    const env = { PATH: process.env["PATH"] ?? "", BUN_BYTECODE_ORDER_OUT: join(work, order) }
    return execFileSync(first, args, {
      cwd: work,
      env,
      stdio: ["ignore", "pipe", "ignore"],
      encoding: "utf8",
    })
  }
  writeFileSync(join(work, "secret.json"), '{"APP_KEY":"base64:abc=","DB_PASSWORD":"it\'s $5"}')
  const recipient = run("keygen.order", "keygen", "--out", "key.txt").trim()
  const context = "app=shop,environment=production"
  run("seal.order", "seal", "-f", "file:secret.json", "-r", recipient, "-c", context)
  run("open.order", "open", "-i", "key.txt", "--expect", context, "--env", "--", "true")
  run("stdout.order", "open", "-i", "key.txt", "--expect", context, "--stdout")
  return ["stdout.order", "open.order", "seal.order"].map((order) => join(work, order)).filter(exists)
}

function exists(path: string): boolean {
  try {
    return readFileSync(path).length > 0
  } catch {
    return false
  }
}

/** The commit that is built, with `-dirty` after it when files differ from it; `unknown` outside a repository. */
function commit(): string {
  const git = (...args: string[]) =>
    execFileSync("git", args, { cwd: root, encoding: "utf8", stdio: "pipe" }).trim()
  try {
    const changed = git("status", "--porcelain", "--untracked-files=no") !== ""
    return `${git("rev-parse", "--short=12", "HEAD")}${changed ? "-dirty" : ""}`
  } catch {
    return "unknown"
  }
}

function writeChecksums(): void {
  const lines = readdirSync(out)
    .filter((name) => /^envseal-(?:linux|darwin)/.test(name))
    .sort()
    .map(
      (name) =>
        `${createHash("sha256")
          .update(readFileSync(join(out, name)))
          .digest("hex")}  ${name}\n`,
    )
  writeFileSync(join(out, "SHA256SUMS"), lines.join(""))
}

main()
