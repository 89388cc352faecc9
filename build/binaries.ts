import { execFileSync, spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { commitOf } from "./commit.ts"
import { dropSectionTable } from "./elf.ts"
import { layOut } from "./layout.ts"
import { checkBuilders, pinnedRuntime } from "./runtime.ts"
import { silenceVariables } from "./silence.ts"
import { targets } from "./targets.ts"

const root = join(import.meta.dirname, "..")
const bun = join(root, "node_modules/.bin/bun")
const laidOut = join(root, "dist/bin/laid-out")
const host = `${process.platform}-${process.arch}`

/**
 * Makes the standalone binaries of some targets: the same bytes each time, in any folder of this host.
 *
 * @param wanted names of targets; for an empty list that of this machine
 * @param out the folder for them, which is made
 * @returns their paths, in the order of `wanted`
 * @throws Error for a target that is unknown, or when what builds or is built in is not what is pinned
 */
export async function makeBinaries(wanted: readonly string[], out: string): Promise<string[]> {
  const names = wanted.length === 0 ? [host] : wanted
  const unknown = names.find((name) => targets[name] === undefined)
  if (unknown !== undefined) throw new Error(`unknown target ${unknown}: ${Object.keys(targets).join(", ")}`)
  checkBuilders()
  mkdirSync(out, { recursive: true })
  const work = mkdtempSync(join(tmpdir(), "envseal-binary-"))
  try {
    const entry = await layOut(join(root, "src/cli/binary.ts"), laidOut)
    const orders = recordOrders(work, entry)
    return names.map((name) => compile(name, { work, out, entry, orders }))
  } finally {
    rmSync(work, { recursive: true, force: true })
    rmSync(laidOut, { recursive: true, force: true })
  }
}

interface Workshop {
  readonly work: string
  readonly out: string
  /** The file that the program begins with. */
  readonly entry: string
  readonly orders: readonly string[] | null
}

function compile(name: string, { work, out, entry, orders }: Workshop): string {
  const bundled = join(work, `envseal-${name}`)
  const isLinux = name.startsWith("linux-")
  const define = { ENVSEAL_COMMIT: JSON.stringify(commitOf(root)) }
  bundle(name, work, bundled, { entry, bytecodeOrder: orders, define, isSilent: isLinux })
  const bytes = readFileSync(bundled)
  rmSync(bundled)
  // No packager may turn the binary into another program.
  if (isLinux) dropSectionTable(bytes)
  const outfile = join(out, `envseal-${name}`)
  writeFileSync(outfile, bytes, { mode: 0o755 })
  return outfile
}

interface Bundling {
  readonly entry: string
  readonly bytecodeOrder?: readonly string[] | null
  readonly define: Readonly<Record<string, string>>
  /** Whether nothing in the environment may turn the binary into another program. */
  readonly isSilent: boolean
}

function bundle(name: string, work: string, outfile: string, { isSilent, ...more }: Bundling): void {
  const target = targets[name] ?? ""
  const runtime = pinnedRuntime(target, work)
  if (isSilent) silenceRuntime(runtime)
  const options = { target, runtime, outfile, ...more }
  const args = [join(import.meta.dirname, "bundle.mjs"), JSON.stringify(options)]
  const { status, stderr } = spawnSync(bun, args, {
    cwd: root,
    stdio: ["ignore", "inherit", "pipe"],
    encoding: "utf8",
  })
  process.stderr.write(stderr)
  // Bun goes on without a module of its own that it cannot compile.
  if (status !== 0 || stderr.includes("compiling builtin")) throw new Error(`Bun made no binary for ${name}`)
}

function silenceRuntime(path: string): void {
  const bytes = readFileSync(path)
  silenceVariables(bytes)
  writeFileSync(path, bytes)
}

/** What a run of `open`, then one of `seal`, uses of the bytecode, so that it lies together in the file. */
function recordOrders(work: string, entry: string): string[] | null {
  if (targets[host] === undefined) return null
  const first = join(work, "envseal")
  bundle(host, work, first, { entry, define: {}, isSilent: false })
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
  run("stdout.order", "open", "-i", "key.txt", "--expect", context, "--stdout")
  return ["stdout.order", "seal.order"]
    .map((order) => join(work, order))
    .filter((path) => (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0)
}
