import { randomBytes } from "node:crypto"
import { existsSync, lstatSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { fileKeySpellings } from "./file-key.ts"
import {
  context,
  identity,
  openArgs,
  type Run,
  type RunOptions,
  recipient,
  type Sandbox,
  sandbox,
  standalone,
  stranger,
} from "./harness.ts"

const markers = Array.from({ length: 6 }, () => `canary${randomBytes(9).toString("hex")}`)
const [plain = "", quoted = "", multi = ""] = markers
const secret = {
  PLAIN: plain,
  QUOTED: `${quoted} it's "$5" #1`,
  MULTI: `${multi}\nsecond ${markers[3]}`,
  URL: `https://u:${markers[4]}@h/?a=ü b`,
  CAST: `"${markers[5]}"`,
}

/** Spellings of a marker that a log could hold; base64 has three, by what stands before it. */
function spellings(marker: string): string[] {
  const base64 = [0, 1, 2].map((shift) =>
    Buffer.from("x".repeat(shift) + marker)
      .toString("base64")
      .slice(shift === 0 ? 0 : 4, -4),
  )
  return [marker, Buffer.from(marker).toString("hex"), encodeURIComponent(marker), ...base64]
}

const needles = markers.flatMap(spellings)

function leaks(text: string): string[] {
  return needles.filter((needle) => text.includes(needle))
}

/** Every file below a folder that holds one of these texts. */
function filesWith(folder: string, texts: readonly string[]): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => {
      if (!lstatSync(join(folder, path)).isFile()) return false
      const content = readFileSync(join(folder, path), "latin1")
      return texts.some((text) => content.includes(text))
    })
    .sort()
}

const leakingFiles = (folder: string) => filesWith(folder, needles)

/** Where runs put envelopes, each with its own file key. */
const envelopes = ["ok.sealed", ".env.sealed", "rekeyed"]

/** Spellings of the file keys of all envelopes that there are now, also of one that was printed. */
async function fileKeys(box: Sandbox, printed: string): Promise<string[]> {
  const written = envelopes
    .filter((name) => existsSync(box.path(name)))
    .map((name) => readFileSync(box.path(name)))
  const all = printed.startsWith("-----BEGIN AGE") ? [...written, Buffer.from(printed)] : written
  return (await Promise.all(all.map(fileKeySpellings))).flat()
}

const keyFiles = ["key.txt", "stranger.txt"]

async function watched(
  box: Sandbox,
  args: readonly string[],
  { command = [], ...options }: RunOptions & { readonly command?: readonly string[] } = {},
): Promise<Run & { cmdlines: string }> {
  let cmdlines = ""
  let timer: NodeJS.Timeout | undefined
  const run = await box.envseal([...args, "--debug", ...(command.length > 0 ? ["--", ...command] : [])], {
    ...options,
    watch: ({ pid }) => {
      const look = () => {
        try {
          cmdlines += readFileSync(`/proc/${pid}/cmdline`, "latin1")
        } catch {
          clearInterval(timer)
        }
      }
      timer = setInterval(look, 5)
      look()
    },
  })
  clearInterval(timer)
  return { ...run, cmdlines }
}

const seal = ["seal", "-f", "file:secret.json", "-r", recipient, "-c", context]

/** Commands and error paths that have the secret at hand. */
const runs: readonly (readonly [string, readonly string[], RunOptions?])[] = [
  ["seal", seal],
  [
    "seal from a variable",
    ["seal", "-f", "env:APP", "-r", recipient],
    { env: { APP: JSON.stringify(secret) } },
  ],
  ["seal from standard input", ["seal", "-f", "-", "-r", recipient], { stdin: JSON.stringify(secret) }],
  ["seal to standard output", [...seal, "-o", "-"]],
  ["seal to a folder that is not there", [...seal, "-o", "none/x"]],
  ["seal with required names missing", [...seal, "--require", "example"]],
  ["seal of a secret that is cut", ["seal", "-f", "file:cut.json", "-r", recipient]],
  ["seal of a secret with refused values", ["seal", "-f", "file:refused.json", "-r", recipient]],
  ["seal with the secret itself as a source", ["seal", "-f", JSON.stringify({ A: "x" }), "-r", recipient]],
  ["seal as JSON", [...seal, "--json"]],
  ["seal of refused values as JSON", ["seal", "-f", "file:refused.json", "-r", recipient, "--json"]],
  ["check", ["check", "-f", "file:secret.json"]],
  ["check of refused values as JSON", ["check", "-f", "file:refused.json", "--json"]],
  ["scan as JSON", ["scan", "key.txt", "-f", "file:secret.json", "--json"]],
  ["inspect of an identity", ["inspect", identity]],
  ["inspect of an identity as JSON", ["inspect", identity, "--json"]],
  ["open of an identity", ["open", "--in", identity]],
  ["open of an identity with an identity", ["open", "-i", identity, "--in", "ok.sealed"]],
  ["check of refused values", ["check", "-f", "file:refused.json"]],
  ["inspect", ["inspect", "ok.sealed"]],
  ["diff", ["diff", "ok.sealed", "file:other.json", "-i", "key.txt"]],
  ["diff as JSON", ["diff", "ok.sealed", "file:other.json", "-i", "key.txt", "--json"]],
  ["rekey", ["rekey", "--in", "ok.sealed", "-o", "rekeyed", "-i", "key.txt", "-r", recipient]],
  ["open elsewhere", [...openArgs, "--in", "ok.sealed", "--expect", "app=other"]],
  ["open with a wrong key", ["open", "--in", "ok.sealed", "-i", "stranger.txt"]],
  ["open to a folder", [...openArgs, "--in", "ok.sealed", "-o", "."]],
  ["open to a folder that is not there", [...openArgs, "--in", "ok.sealed", "-o", "none/.env"]],
  [
    "open on a disk where tmpfs is required",
    [...openArgs, "--in", "ok.sealed", "--require-tmpfs", "-o", "/var/tmp/envseal-canary"],
  ],
  ["open to a full device", [...openArgs, "--in", "ok.sealed", "-o", "/dev/full"]],
]

test("no command and no failure shows a value, an identity or a file key, in any spelling, anywhere but in its own output", async () => {
  const box = sandbox({
    "secret.json": JSON.stringify(secret),
    "other.json": JSON.stringify({ ...secret, PLAIN: "different" }),
    "cut.json": JSON.stringify(secret).slice(0, -3),
    "refused.json": JSON.stringify({
      PATH: plain,
      NUL: `${quoted}\0`,
      NESTED: { A: multi },
      "BAD-NAME": markers[3],
    }),
    "key.txt": `${identity}\n`,
    "termination-log": "",
    "stranger.txt": stranger,
    example: "MISSING=\n",
  })
  const inputs = ["cut.json", "other.json", "refused.json", "secret.json"]
  expect((await box.envseal([...seal, "-q", "-o", "ok.sealed"])).status).toBe(0)
  for (const [title, args, options] of runs) {
    const env = { ...options?.env, ENVSEAL_TERMINATION_LOG: box.path("termination-log") }
    const { stdout, stderr, cmdlines } = await watched(box, args, { ...options, env })
    const status = readFileSync(box.path("termination-log"), "utf8")
    expect({ title, leaks: leaks(stdout + stderr + cmdlines) }).toEqual({ title, leaks: [] })
    for (const key of [identity, stranger]) expect(stdout + stderr + status).not.toContain(key)
    expect({ title, files: leakingFiles(box.folder) }).toEqual({ title, files: inputs })
    expect({ title, files: filesWith(box.folder, [identity, stranger]) }).toEqual({ title, files: keyFiles })
    const keys = await fileKeys(box, stdout)
    expect(keys.length).toBeGreaterThan(0)
    expect({
      title,
      keys: keys.filter((key) => (stdout + stderr + status + cmdlines).includes(key)),
    }).toEqual({
      title,
      keys: [],
    })
    expect({ title, files: filesWith(box.folder, keys) }).toEqual({ title, files: [] })
  }
  // The command's own sinks: what it is given, and what it finds beside it.
  const given = "env; tr '\\0' ' ' < /proc/$$/cmdline; ls"
  const env = { ENVSEAL_IDENTITY: identity, ENVSEAL_EXPECT: context }
  const opened = await watched(box, ["open", "--in", "ok.sealed"], {
    env,
    command: ["sh", "-c", given],
  })
  expect(opened.status).toBe(0)
  const all = opened.stdout + opened.stderr + opened.cmdlines
  const keys = await fileKeys(box, "")
  expect(leaks(all)).toEqual([])
  for (const text of [identity, stranger, ...keys]) expect(all).not.toContain(text)
  expect(leakingFiles(box.folder)).toEqual([".env", ...inputs])
  expect(filesWith(box.folder, [identity, stranger])).toEqual(keyFiles)
  expect(filesWith(box.folder, keys)).toEqual([])
})

test.skipIf(standalone).each([
  ["node", "--import"],
  ["bun", "--preload"],
])("a crash under %s prints a report line and no value", async (runtime, flag) => {
  const box = sandbox({ "secret.json": JSON.stringify(secret) })
  const executable =
    runtime === "node" ? process.execPath : new URL("../../node_modules/.bin/bun", import.meta.url).pathname
  const sabotages = [
    'String.prototype.isWellFormed = function () { throw new TypeError("boom " + this) }',
    "String.prototype.isWellFormed = function () { throw String(this) }",
    "String.prototype.isWellFormed = function () { Promise.reject(new Error(String(this))); return true }",
    "String.prototype.isWellFormed = function () { queueMicrotask(() => { throw { value: String(this) } }); return true }",
  ]
  for (const code of sabotages) {
    writeFileSync(box.path("sabotage.mjs"), code)
    const run = await box.envseal([...seal, "--debug"], { executable, runtimeArgs: [flag, "./sabotage.mjs"] })
    expect(run.stderr).toContain("[BUG]")
    expect(run).toMatchObject({ status: 1, stdout: "" })
    expect(leaks(run.stderr)).toEqual([])
  }
})
