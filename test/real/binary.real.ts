import { execFileSync, spawnSync } from "node:child_process"
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { basename, join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { hangMs } from "./hang.ts"

const root = join(import.meta.dirname, "../..")
const folder = mkdtempSync(join(tmpdir(), "envseal-binary-"))
const muslRoot = join(folder, "musl")

/** How to run a binary that is not for this machine, or not for its C library. */
interface Machine {
  readonly name: string
  readonly target: string
  /** The binary, as it sees it. */
  readonly binary: string
  /** GNU's `strip` for its processor. */
  readonly strip: string
  /** The command before envseal's arguments. */
  readonly command: (binary: string) => readonly string[]
  /** For another processor, the folder of its libraries. */
  readonly libraries?: string
  /** Where its files are, as this machine sees them, and as it sees them. */
  readonly here: string
  readonly there: string
  /** What becoming `/bin/sh`, which is for x64, comes to. */
  readonly shell: { readonly status: number; readonly stdout: string }
}

const started = { status: 7, stdout: "it's $5" }

const machines: readonly Machine[] = [
  {
    name: "with musl as the only C library, as in Alpine",
    target: "linux-x64-musl",
    binary: "/bin/envseal",
    strip: "strip",
    command: (binary) => ["chroot", muslRoot, binary],
    here: join(muslRoot, "work"),
    there: "/work",
    shell: started,
  },
  {
    name: "on a processor without AVX2",
    target: "linux-x64",
    binary: made("linux-x64"),
    strip: "strip",
    command: (binary) => ["qemu-x86_64-static", "-cpu", "Nehalem", binary],
    here: join(folder, "nehalem"),
    there: join(folder, "nehalem"),
    shell: started,
  },
  {
    name: "on arm64",
    target: "linux-arm64",
    binary: made("linux-arm64"),
    strip: "aarch64-linux-gnu-strip",
    command: (binary) => ["qemu-aarch64-static", "-L", rootOf("arm64"), binary],
    libraries: "/usr/aarch64-linux-gnu/lib",
    here: join(folder, "arm64"),
    there: join(folder, "arm64"),
    shell: { status: 126, stdout: "" },
  },
  {
    name: "on arm64 with musl as the only C library",
    target: "linux-arm64-musl",
    binary: made("linux-arm64-musl"),
    strip: "aarch64-linux-gnu-strip",
    command: (binary) => ["qemu-aarch64-static", "-L", rootOf("arm64-musl"), binary],
    libraries: join(root, ".cache/musl-arm64/lib"),
    here: join(folder, "arm64-musl"),
    there: join(folder, "arm64-musl"),
    shell: { status: 126, stdout: "" },
  },
]

function made(target: string): string {
  return join(root, `dist/bin/envseal-${target}`)
}

/** The root folder that qemu shows to a program for another processor, which has the libraries for it. */
function rootOf(name: string): string {
  return join(folder, `root-${name}`)
}

/** Shows the files of a machine in its root folder too: who walks down from `/` there finds nothing else. */
function mountFiles(here: string, libraries: string): void {
  const own = rootOf(basename(here))
  const inside = join(own, here)
  mkdirSync(here, { recursive: true })
  mkdirSync(inside, { recursive: true })
  cpSync(libraries, join(own, "lib"), { recursive: true, dereference: true })
  execFileSync("mount", ["--bind", here, inside])
  mounted.push(inside)
}

const mounted: string[] = []

beforeAll(() => {
  const targets = machines.flatMap(({ target }) => ["--target", target])
  execFileSync("npm", ["run", "--silent", "build:binary", "--", ...targets], { cwd: root, stdio: "ignore" })
  cpSync(join(root, ".cache/musl"), muslRoot, { recursive: true, verbatimSymlinks: true })
  copyFileSync(made("linux-x64-musl"), join(muslRoot, "bin/envseal"))
  for (const { here, libraries } of machines) if (libraries !== undefined) mountFiles(here, libraries)
})
afterAll(() => {
  for (const inside of mounted) execFileSync("umount", [inside])
  rmSync(folder, { recursive: true, force: true })
})

describe.each(machines)("the binary $name", ({ target, binary, strip, command, here, there, shell }) => {
  const envseal = (...args: string[]) => run(binary, args)
  const run = (path: string, args: readonly string[]) => {
    const [file = "", ...before] = command(path)
    const env = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" }
    const { status, stdout, stderr } = spawnSync(file, [...before, ...args], {
      env,
      encoding: "utf8",
      timeout: hangMs,
    })
    return { status, stdout, stderr }
  }
  const at = (name: string) => `${there}/${name}`

  test("makes an identity, seals, and opens to a file and into a command", () => {
    mkdirSync(here, { recursive: true })
    writeFileSync(
      join(here, "secret.json"),
      JSON.stringify({ APP_KEY: "base64:abc=", DB_PASSWORD: "it's $5" }),
    )
    const made = envseal("keygen", "--out", at("key.txt"))
    expect(made.status, made.stderr).toBe(0)
    const context = "app=shop,environment=production"
    const sealed = envseal(
      ...[
        "seal",
        "-f",
        `file:${at("secret.json")}`,
        "-r",
        made.stdout.trim(),
        "-c",
        context,
        "-o",
        at("sealed"),
      ],
    )
    expect(sealed).toMatchObject({ status: 0, stdout: "" })
    const open = ["open", "-q", "--in", at("sealed"), "-i", at("key.txt"), "--expect", context]
    expect(envseal(...open, "-o", at(".env"))).toEqual({ status: 0, stdout: "", stderr: "" })
    expect(readFileSync(join(here, ".env"), "utf8")).toBe(`APP_KEY=base64:abc=\nDB_PASSWORD="it's \\$5"\n`)
    expect(statSync(join(here, ".env")).mode & 0o777).toBe(0o400)
    const becoming = ["--env", "--", "/bin/sh", "-c", 'printf %s "$DB_PASSWORD"; exit 7']
    expect(envseal(...open, ...becoming)).toMatchObject(shell)
  })

  test("ends with the status and the code of a failure", () => {
    const failed = envseal(
      "open",
      "--in",
      at("sealed"),
      "-i",
      at("key.txt"),
      "--expect",
      "app=other",
      "--stdout",
    )
    expect(failed).toMatchObject({ status: 6, stdout: "" })
    expect(failed.stderr).toContain("[CONTEXT_MISMATCH]")
  })

  test("is left as it is by GNU strip, which fails", () => {
    const copy = join(here, "gnu")
    copyFileSync(made(target), copy)
    const stripped = spawnSync(strip, [copy], { encoding: "utf8" })
    expect(stripped.status).toBe(1)
    expect(readFileSync(copy).equals(readFileSync(made(target)))).toBe(true)
  })

  test("is still envseal after llvm-strip, and no Bun that runs code", () => {
    const copy = join(here, "llvm")
    copyFileSync(made(target), copy)
    execFileSync("llvm-strip", [copy])
    expect(run(at("llvm"), ["--version"])).toEqual(envseal("--version"))
    writeFileSync(join(here, "evil.js"), 'console.log("evil")')
    const evil = run(at("llvm"), [at("evil.js")])
    expect(evil).toMatchObject({ status: 2, stdout: "" })
    expect(evil.stderr).toContain("[USAGE]")
  })
})

test("every checksum beside the binaries is right", () => {
  const out = execFileSync("sha256sum", ["--check", "SHA256SUMS"], {
    cwd: join(root, "dist/bin"),
    encoding: "utf8",
  })
  expect(out.trim().split("\n").length).toBeGreaterThanOrEqual(machines.length)
})

test("the bill of materials lists what is bundled, and the runtime", () => {
  const bom = JSON.parse(readFileSync(join(root, "dist/bin/envseal.cdx.json"), "utf8"))
  const names = bom.components.map(({ group, name }: { group?: string; name: string }) =>
    group ? `${group}/${name}` : name,
  )
  for (const name of ["age-encryption", "commander", "@aws-sdk/client-kms", "bun"])
    expect(names).toContain(name)
  expect(names).not.toContain("vitest")
  expect(existsSync(join(root, "dist/bin/envseal-linux-arm64"))).toBe(true)
})
