import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { pinnedRuntime } from "../../build/runtime.ts"
import { targets } from "../../build/targets.ts"
import { writeMeasured } from "./document.ts"
import { binary, binaryIsThere } from "./prepare.ts"

const root = join(import.meta.dirname, "../..")

interface Metafile {
  readonly outputs: Readonly<
    Record<string, { readonly inputs: Readonly<Record<string, { bytesInOutput: number }>> }>
  >
}

interface BunBuilder {
  build(options: object): Promise<{ readonly success: boolean; readonly metafile: Metafile }>
}

const { Bun: bun } = globalThis as unknown as { readonly Bun: BunBuilder }

/** What packages are for, by their names; the first that fits counts. */
const purposes: readonly (readonly [string, RegExp])[] = [
  ["envseal's own code", /^$/],
  ["AWS: its SDK, signatures, credentials", /^(?:@aws-sdk|@aws-crypto|@smithy)\/|^bowser$/],
  ["settings: `yaml`, `zod`", /^(?:yaml|zod)$/],
  ["cryptography: `age-encryption`, `@noble`, `@scure`", /^(?:age-encryption$|@noble\/|@scure\/)/],
  [
    "command line: `commander`, prompts, tables, colours",
    /commander|inquirer|ansi|string-width|cli-|log-update/,
  ],
  ["proxies: HTTP and SOCKS", /proxy|socks|ip-address|smart-buffer|agent-base/],
  ["the rest: JSON, `.env`, tar, entities, diff", /./],
]

/**
 * `npm run bench:size` prints what the bytes of the binary are; with `-- --write` the table also goes into
 * docs/benchmarks.md. It runs on Bun, whose bundler tells what it took of each file.
 */
async function main(folder: string): Promise<void> {
  if (!binaryIsThere()) throw new Error("there is no binary: npm run build:binary")
  const whole = readFileSync(binary)
  const runtime = statSync(pinnedRuntime(targets[`${process.platform}-${process.arch}`] ?? "", folder)).size
  const sources = await sourceBytes(folder)
  const source = [...sources.values()].reduce((sum, bytes) => sum + bytes, 0)
  const rows = [
    ["the whole binary", whole.length],
    ["Bun's runtime", runtime],
    ["bytecode of the program, and alignment", whole.length - runtime - source],
    ...sources,
    ["the whole as a registry keeps it (gzip)", gzipSync(whole).length],
  ] as const
  const lines = rows.map(([part, bytes]) => `| ${part} | ${(bytes / 1_048_576).toFixed(2)} |`)
  const text = ["| part | MiB |", "| --- | ---: |", ...lines, ""].join("\n")
  console.log(text)
  if (process.argv.includes("--write")) writeMeasured("bench:size", text)
}

/** The source text that is in the binary, by what it is for. */
async function sourceBytes(folder: string): Promise<ReadonlyMap<string, number>> {
  const { success, metafile } = await bun.build({
    entrypoints: [join(root, "src/cli/binary.ts")],
    target: "bun",
    format: "esm",
    splitting: true,
    minify: { whitespace: true, syntax: true, identifiers: false },
    metafile: true,
    outdir: join(folder, "out"),
  })
  if (!success) throw new Error("the program cannot be bundled")
  const sums = new Map(purposes.map(([purpose]): [string, number] => [purpose, 0]))
  for (const { inputs } of Object.values(metafile.outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      const [, name = ""] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path) ?? []
      const [purpose = ""] = purposes.find(([, names]) => names.test(name)) ?? []
      sums.set(purpose, (sums.get(purpose) ?? 0) + bytesInOutput)
    }
  }
  return sums
}

const folder = mkdtempSync(join(tmpdir(), "envseal-size-"))
try {
  await main(folder)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
