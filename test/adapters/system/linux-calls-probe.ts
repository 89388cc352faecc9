import * as nodeFs from "node:fs"
import { join } from "node:path"
import { cLibrary } from "../../../src/adapters/system/c-library.ts"
import type {
  FileCalls,
  FilePath,
  FileStats,
  FurtherCalls,
} from "../../../src/adapters/system/file-shapes.ts"
import { linuxCalls } from "../../../src/adapters/system/linux-calls.ts"
import { linuxConstants } from "../../../src/adapters/system/linux-constants.ts"
import { furtherCalls, type NodeCalls } from "../../../src/adapters/system/node-calls.ts"

// Makes files of many kinds in the given folder, asks the C library and node:fs the same of each, and prints where they
// differ: for Bun.

type Calls = FileCalls & FurtherCalls

const [folder = ""] = process.argv.slice(2)
const library = cLibrary()
const linux = library === null ? null : linuxCalls(library)
if (linux === null) throw new Error("the C library cannot be called")
const nodeAlone = nodeFs as unknown as NodeCalls
const node: Calls = { ...nodeAlone, ...furtherCalls(nodeAlone) }

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY, F_OK, X_OK } =
  linuxConstants
const at = (name: string) => join(folder, name)
const long = "x".repeat(300)
makeFiles()

const paths: FilePath[] = [
  ...nodeFs.readdirSync(folder).map(at),
  ...nodeFs
    .readdirSync(folder, { encoding: "buffer" })
    .map((name) => Buffer.concat([Buffer.from(`${folder}/`), name])),
  ...[
    "gone",
    "file/below",
    long,
    "folder/..",
    "folder/./inner",
    "nul\0byte",
    "link-loop/x",
    "link-to-folder/inner",
  ].map(at),
  ...[
    "",
    ".",
    "/",
    "//",
    "/proc/self/fd",
    "/proc/self/environ",
    "/proc/self/exe",
    "/dev/null",
    "/proc/self/nothing",
  ],
]
const differences: string[] = []

for (const path of paths) {
  compare("stat", path, (calls) => fields(calls.statSync(path)))
  compare("lstat", path, (calls) => fields(calls.lstatSync(path)))
  compare("stat if there", path, (calls) => fieldsOrNone(calls.statIfThere(path)))
  compare("lstat if there", path, (calls) => fieldsOrNone(calls.lstatIfThere(path)))
  compare("exists", path, (calls) => calls.existsSync(path))
  compare("access", path, (calls) => calls.accessSync(path, F_OK))
  compare("may run", path, (calls) => calls.accessSync(path, X_OK))
  compare("names", path, (calls) => (isVolatile(path) ? null : calls.readdirSync(path).sort()))
  compare("names that begin so", path, (calls) =>
    isVolatile(path)
      ? null
      : ["", "n", "size-", "n\u00e4"].map((start) => calls.namesBeginning(path, start).sort()),
  )
  compare("link", path, (calls) => (isVolatile(path) ? null : calls.readlinkSync(path)))
  // node:fs makes text of bytes here, and the working directory of nothing.
  if (typeof path === "string" && path !== "") compare("real path", path, (calls) => calls.realpathSync(path))
  compare("file system", path, (calls) => calls.statfsSync(path).type)
  for (const flags of [
    O_RDONLY | O_NONBLOCK,
    O_RDONLY | O_NONBLOCK | O_NOFOLLOW,
    O_RDONLY | O_NONBLOCK | O_DIRECTORY,
  ]) {
    compare(`open ${flags}`, path, (calls) => opened(calls, path, flags))
  }
  if (!isWaited(path))
    compare("content", path, (calls) => Buffer.from(calls.readFileSync(path)).toString("hex"))
  compare("made", path, (calls) => opened(calls, path, O_CREAT | O_EXCL | O_WRONLY, 0o640, true))
}
compare("what is written", "", (calls) => written(calls))
compare("renamed", "", (calls) => renamed(calls))
compare("removed", "", (calls) => calls.unlinkSync(at("gone")))
compare("a folder removed", "", (calls) => calls.unlinkSync(at("folder")))
for (const descriptor of [9_999]) {
  compare("closed", String(descriptor), (calls) => calls.closeSync(descriptor))
  compare("closed stat", String(descriptor), (calls) => calls.fstatSync(descriptor))
  compare("closed read", String(descriptor), (calls) =>
    calls.readSync(descriptor, new Uint8Array(1), 0, 1, null),
  )
  compare("closed write", String(descriptor), (calls) => calls.writeSync(descriptor, new Uint8Array(1), 0))
  compare("closed flush", String(descriptor), (calls) => calls.fsyncSync(descriptor))
}
process.stdout.write(JSON.stringify({ asked: paths.length, differences }))

function makeFiles(): void {
  nodeFs.mkdirSync(at("folder"))
  nodeFs.writeFileSync(at("folder/inner"), "inner")
  for (const size of [0, 1, 8_191, 8_192, 8_193, 73_728, 200_000]) {
    nodeFs.writeFileSync(at(`size-${size}`), Buffer.alloc(size, size % 251))
  }
  nodeFs.writeFileSync(at("file"), "\ufefftext \ud83d\ude00")
  nodeFs.writeFileSync(Buffer.concat([Buffer.from(`${folder}/bad-`), Buffer.of(0xff, 0xfe)]), "x")
  nodeFs.writeFileSync(at("näme ✓"), "x")
  nodeFs.chmodSync(at("size-1"), 0o6751)
  nodeFs.utimesSync(at("size-0"), -1_000_000.5, -2_000_000.25)
  nodeFs.utimesSync(at("näme ✓"), 5_000_000_000.125, 6_000_000_000.75)
  if (process.geteuid?.() === 0) nodeFs.chownSync(at("file"), 4_000_000_000, 33)
  nodeFs.symlinkSync("file", at("link"))
  nodeFs.symlinkSync("nowhere", at("link-dangling"))
  nodeFs.symlinkSync("link-loop", at("link-loop"))
  nodeFs.symlinkSync("folder", at("link-to-folder"))
  for (let count = 0; count < 1_200; count++)
    nodeFs.writeFileSync(at(`folder/${"n".repeat(count % 200)}${count}`), "")
  process.getBuiltinModule("node:child_process").execFileSync("mkfifo", [at("pipe")])
}

/** Where each look finds another descriptor. */
function isVolatile(path: FilePath): boolean {
  return String(path).startsWith("/proc/self/fd")
}

/** To read a pipe is to wait for its writer, and a program is large. */
function isWaited(path: FilePath): boolean {
  return /pipe|exe$/.test(String(path))
}

function fieldsOrNone(stats: FileStats | null): object | null {
  return stats === null ? null : fields(stats)
}

function fields(stats: FileStats): object {
  const { dev, ino, mode, uid, gid, size, mtimeMs, ctimeMs } = stats
  const is = [stats.isFile(), stats.isDirectory(), stats.isSymbolicLink(), stats.isCharacterDevice()]
  // A folder of /proc is made anew for each look, with the time of it.
  const isMade = String(mtimeMs) !== "0" && dev !== nodeFs.statSync(folder).dev
  return { dev, ino: isMade ? 0 : ino, mode, uid, gid, size, times: isMade ? 0 : [mtimeMs, ctimeMs], is }
}

function opened(calls: FileCalls, path: FilePath, flags: number, mode?: number, removes = false): object {
  const descriptor = calls.openSync(path, flags, mode)
  try {
    const info = nodeFs.readFileSync(`/proc/self/fdinfo/${descriptor}`, "utf8")
    return { flags: /^flags:.*$/m.exec(info)?.[0], mode: nodeFs.fstatSync(descriptor).mode }
  } finally {
    calls.closeSync(descriptor)
    if (removes) calls.unlinkSync(path)
  }
}

function written(calls: FileCalls): object {
  const path = at("written")
  const descriptor = calls.openSync(path, O_CREAT | O_EXCL | O_WRONLY, 0o600)
  const counts = [
    calls.writeSync(descriptor, Buffer.from("--abc"), 2),
    calls.writeSync(descriptor, Buffer.alloc(0), 0),
  ]
  calls.fchmodSync(descriptor, 0o4440)
  if (process.geteuid?.() === 0) calls.fchownSync(descriptor, 33, 4_000_000_000)
  calls.fsyncSync(descriptor)
  const { mode, uid, gid, size } = calls.fstatSync(descriptor)
  calls.closeSync(descriptor)
  const reader = calls.openSync(path, O_RDONLY)
  const bytes = Buffer.alloc(6, "?")
  counts.push(calls.readSync(reader, bytes, 1, 2, null), calls.readSync(reader, bytes, 4, 2, 2))
  counts.push(calls.readSync(reader, bytes, 0, 6, 99))
  calls.closeSync(reader)
  calls.unlinkSync(path)
  return { counts, mode, uid, gid, size, text: bytes.toString() }
}

function renamed(calls: FileCalls): object {
  nodeFs.writeFileSync(at("one"), "1")
  nodeFs.writeFileSync(at("two"), "2")
  calls.renameSync(at("one"), at("two"))
  const text = nodeFs.readFileSync(at("two"), "utf8")
  calls.unlinkSync(at("two"))
  return { text, isGone: !nodeFs.existsSync(at("one")) }
}

function compare(what: string, path: FilePath, ask: (calls: Calls) => unknown): void {
  const [ours, theirs] = [linux as Calls, node].map((calls) => answer(() => ask(calls)))
  if (ours !== theirs)
    differences.push(`${what} of ${JSON.stringify(String(path))}: ${ours}, but node:fs ${theirs}`)
}

function answer(ask: () => unknown): string {
  try {
    return JSON.stringify(ask() ?? null)
  } catch (error) {
    return String((error as { readonly code?: string }).code)
  }
}
