import { execFileSync, spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { demoSecret } from "../demo/secret.ts"
import { writeMeasured } from "./document.ts"
import { median } from "./measure.ts"
import { machine } from "./report.ts"

const root = join(import.meta.dirname, "../..")
const rounds = Number(process.env["BENCH_RUNS"] ?? 9)

/** The last commit whose `scan` looked for values in the spellings of a list alone: what 0.1.0 was to be. */
const before = "2a6ba5a329bc9381c13669cd7f98c58dcbac0984"

/** GNU time tells the processor time and the memory of a process. */
const gnuTime = "/usr/bin/time"

interface Cost {
  /** User and system, in seconds. */
  readonly cpu: number
  readonly mebibytes: number
}

/**
 * `npm run bench:scan` prints what `scan` costs beside the one before it had decoders, each as a whole process and in
 * turns; with `-- --write` it also goes into docs/benchmarks.md. It needs a clone that has the commit.
 */
function main(folder: string): void {
  const old = join(folder, "before")
  if (!isThere(before)) throw new Error(`the commit ${before} is not here: this needs a full clone`)
  git("worktree", "add", "--detach", old, before)
  try {
    symlinkSync(join(root, "node_modules"), join(old, "node_modules"))
    execFileSync(
      process.execPath,
      [join(root, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.build.json"],
      {
        cwd: old,
      },
    )
    writeFileSync(join(folder, "secret.json"), JSON.stringify(demoSecret()))
    const rows = inputs(folder).map(([name, path]) => row(name, path, old, folder))
    const text = [
      `Medians of ${rounds} whole processes each, in turns, on ${machine()}.\n`,
      "| what is searched | before, CPU s | now, CPU s | throughput to before | memory before, MiB | now, MiB |",
      "| --- | ---: | ---: | ---: | ---: | ---: |",
      ...rows,
      "",
    ].join("\n")
    console.log(text)
    if (process.argv.includes("--write")) writeMeasured("bench:scan", text)
  } finally {
    git("worktree", "remove", "--force", old)
  }
}

function row(name: string, path: string, old: string, folder: string): string {
  const costs: [Cost[], Cost[]] = [[], []]
  for (let round = 0; round < rounds; round++) {
    for (const [at, tree] of [old, root].entries()) costs[at]?.push(costOf(tree, path, folder))
  }
  const [then, now] = costs.map((list) => ({
    cpu: median(list.map(({ cpu }) => cpu)),
    mebibytes: median(list.map(({ mebibytes }) => mebibytes)),
  })) as [Cost, Cost]
  const ratio = median((costs[0] ?? []).map(({ cpu }, at) => cpu / (costs[1]?.[at]?.cpu ?? Number.NaN)))
  const cells = [then.cpu, now.cpu, ratio].map((one) => one.toFixed(2))
  return `| ${[name, ...cells, then.mebibytes.toFixed(0), now.mebibytes.toFixed(0)].join(" | ")} |`
}

function costOf(tree: string, path: string, folder: string): Cost {
  const program = [
    process.execPath,
    join(tree, "bin/envseal.js"),
    "scan",
    "-q",
    path,
    "-f",
    "file:secret.json",
  ]
  const { status } = spawnSync(gnuTime, ["-f", "%U %S %M", "-o", "time.txt", ...program], { cwd: folder })
  // 3: what is searched may hold a value that the secret has too.
  if (status !== 0 && status !== 3) throw new Error(`scan of ${path} ended with ${status}`)
  // A status that is not 0 has a line of its own before.
  const line = readFileSync(join(folder, "time.txt"), "utf8").trim().split("\n").at(-1) ?? ""
  const [user = 0, system = 0, kibibytes = 0] = line.split(" ").map(Number)
  return { cpu: user + system, mebibytes: kibibytes / 1024 }
}

/** What is searched: nothing, texts that are the same at each run, and the program that runs this. */
function inputs(folder: string): [string, string][] {
  const write = (name: string, size: number, text: string) => {
    mkdirSync(join(folder, name))
    for (let at = 0; at < size; at += text.length)
      writeFileSync(join(folder, name, "text"), text, { flag: "a" })
    return name
  }
  const noise = Buffer.concat(
    Array.from({ length: 250_000 }, (_, at) => createHash("sha256").update(`${at}`).digest()),
  ).toString("base64")
  const lines = noise.replace(/.{76}/g, "$&\n")
  const sources = sourcesBelow(join(root, "src")) + sourcesBelow(join(root, "test"))
  const packed = write("tree", 30e6, sources)
  execFileSync("tar", ["-cf", "tree.tar", packed], { cwd: folder })
  mkdirSync(join(folder, "binary"))
  writeFileSync(join(folder, "binary/node"), readFileSync(process.execPath))
  return [
    ["one line", write("small", 1, "hello\n")],
    ["100 MB of sources", write("sources", 100e6, sources)],
    ["a tar of 30 MB of sources", "tree.tar"],
    ["10 MB of base64 in lines", write("lines10", 10e6, lines)],
    ["100 MB of base64 in lines", write("lines100", 100e6, lines)],
    ["500 MB of base64 in lines", write("lines500", 500e6, lines)],
    ["100 MB of base64 without lines", write("noise", 100e6, noise)],
    ["the program of Node", "binary"],
  ]
}

function sourcesBelow(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .sort()
    .map((path) => readFileSync(join(folder, path), "utf8"))
    .join("")
}

function isThere(commit: string): boolean {
  return spawnSync("git", ["cat-file", "-e", `${commit}^{commit}`], { cwd: root }).status === 0
}

function git(...args: string[]): void {
  execFileSync("git", args, { cwd: root, stdio: "ignore" })
}

const folder = mkdtempSync(join(tmpdir(), "envseal-scan-bench-"))
try {
  main(folder)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
