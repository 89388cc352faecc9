import type { ChildProcess } from "node:child_process"
import { readFileSync, symlinkSync, writeFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import {
  context,
  openArgs,
  program as programPath,
  recipient,
  runtimes,
  type Sandbox,
  sealedSandbox,
  standalone,
} from "../harness.ts"

/** Starts its arguments with bytes that are not UTF-8: latin1, and continuation bytes that continue nothing. */
const withBytes = `
raw() { printf "$1."; }
v=$(raw 'caf\\351 \\200\\n'); v=\${v%.}
n=$(raw 'NAM\\351'); n=\${n%.}
exec env "LATIN=$v" "$n=\\200" "ENVSEAL_$v=1" "my.odd-name=ü" PLAIN=1 "$@"
`

/** The same with arguments after what is given, for the command. */
const andArguments = `
l=$(printf 'c\\351t'); a=$(printf 'arg \\351'); b=$(printf '\\277\\200')
exec "$@" "./$l" -c 'cat /proc/$$/cmdline > args; tr "\\0" "\\n" < /proc/$$/environ | sort > variables' "$a" "$b" "" ü
`

const latin = (text: string) => Buffer.from(text, "latin1")

async function rawBox(): Promise<Sandbox> {
  const box = await sealedSandbox()
  symlinkSync("/bin/sh", Buffer.concat([Buffer.from(`${box.folder}/`), latin("c\xe9t")]))
  return box
}

function seen(box: Sandbox): { readonly args: Buffer; readonly variables: string[] } {
  const variables = readFileSync(box.path("variables")).toString("latin1").split("\n")
  return {
    args: readFileSync(box.path("args")),
    variables: variables.filter((line) => !line.startsWith("ENVSEAL_")),
  }
}

describe.concurrent.each(runtimes)("open -- command on $runtime", ({ runtime, executable }) => {
  test("hands on variables, their names, arguments and the command's own name byte for byte", async () => {
    const box = await rawBox()
    const start = (command: readonly string[]) =>
      box.run("sh", ["-c", withBytes, "sh", "sh", "-c", andArguments, "sh", ...command])
    expect(await start(["env"])).toMatchObject({ status: 0, stderr: "" })
    const direct = seen(box)
    expect(direct.args.includes(latin("./c\xe9t\0"))).toBe(true)
    expect(direct.variables).toContain("LATIN=caf\xe9 \x80")
    const own = runtime === "the binary" ? [executable] : [executable, programPath]
    const run = await start([...own, ...openArgs, "-q", "--"])
    expect(run).toMatchObject({ status: 0, stderr: "", stdout: "" })
    expect(seen(box)).toEqual(direct)
    expect(readFileSync(box.path("variables"), "latin1")).not.toContain("ENVSEAL_")
  })

  test("gives the values of --env beside them, and keeps its process id, signals and descriptors", async () => {
    const box = await rawBox()
    const own = runtime === "the binary" ? [executable] : [executable, programPath]
    const report =
      'echo "$$ $DB_PASSWORD"; grep -E "Sig(Ign|Blk)" /proc/self/status; ls /proc/self/fd | sed "/^[0-9]$/!d"'
    const start = async (command: readonly string[]) => {
      let pid = 0
      const args = ["-c", withBytes, "sh", ...command, "sh", "-c", report]
      const watch = (child: ChildProcess) => {
        pid = child.pid ?? 0
      }
      return { ...(await box.run("sh", args, { watch })), pid }
    }
    const direct = await start(["env", "DB_PASSWORD=it's $5"])
    const run = await start([...own, ...openArgs, "--env", "--"])
    expect(run).toMatchObject({ status: 0, stderr: "" })
    expect(run.stdout.split("\n")[0]).toBe(`${run.pid} it's $5`)
    expect(run.stdout.replace(/^\d+/, "")).toBe(direct.stdout.replace(/^\d+/, ""))
    expect(run.stdout).toContain("SigIgn:\t0000000000000000")
  })

  test("ends with 126 and leaves no file when the system refuses such a command at the start", async () => {
    const box = await rawBox()
    writeFileSync(box.path("busy"), readFileSync("/bin/true"), { mode: 0o755 })
    const own = runtime === "the binary" ? [executable] : [executable, programPath]
    const held = 'exec 3>>busy; exec "$@"'
    const args = ["-c", withBytes, "sh", "sh", "-c", held, "sh", ...own, ...openArgs, "--", "./busy"]
    const run = await box.run("sh", args)
    expect(run.stderr).toContain("another process is writing it [COMMAND_NOT_EXECUTABLE]")
    expect(run.status).toBe(126)
    expect(box.list()).not.toContain(".env")
  })
})

describe.skipIf(standalone).concurrent("where bytes cannot be handed on", () => {
  test.each([
    ["env is not that of GNU", 'mount --bind env "$(readlink -f /usr/bin/env)"', "variable LATIN"],
    ["there is no /proc", "mount -t tmpfs none /proc", "variable LATIN"],
  ])("because %s, open names what is not UTF-8 and opens nothing", async (_, hide, named) => {
    const box = await rawBox()
    writeFileSync(box.path("env"), "#!/bin/sh\nexit 1\n", { mode: 0o755 })
    const script = `${hide} && exec "$@"`
    const open = [process.execPath, programPath, ...openArgs, "--", "true"]
    const unshared = ["unshare", "-m", "sh", "-c", script, "sh", ...open]
    const run = await box.run("sh", ["-c", withBytes, "sh", ...unshared])
    expect(run.stderr).toContain("[NOT_TEXT]")
    expect(run.stderr).toContain(named)
    expect(run.stderr).toContain("hint:")
    expect(run).toMatchObject({ status: 4, stdout: "" })
    expect(box.list()).not.toContain(".env")
  })
})

describe.concurrent("what is sealed", () => {
  test.each([
    [
      "--set-env",
      ["-f", "file:secret.json", "--set-env", "LATIN"],
      "LATIN is not UTF-8 [UNREPRESENTABLE_VALUE]",
    ],
    ["env:NAME", ["-f", "env:LATIN"], "env:LATIN is not UTF-8 [SECRET_MALFORMED]"],
  ])("from a variable by %s is refused by its name when it is not UTF-8", async (_, args, told) => {
    const box = await rawBox()
    const before = box.list()
    const command = box.command(["seal", ...args, "-r", recipient, "-c", context, "-o", "out"])
    const run = await box.run("sh", ["-c", withBytes, "sh", ...command])
    expect(run.stderr).toContain(told)
    expect(run.stderr).not.toContain("caf")
    expect(run).toMatchObject({ status: 4, stdout: "" })
    expect(box.list()).toEqual(before)
  })

  test("goes to no file of another name, because an argument of ours that is not UTF-8 is refused", async () => {
    const box = await rawBox()
    const before = box.list()
    const script = 'o=$(printf "out\\351"); exec "$@" -o "$o"'
    const run = await box.run("sh", ["-c", script, "sh", ...box.command(openArgs)])
    expect(run.stderr).toContain("argument 7 is not UTF-8 [USAGE]")
    expect(run).toMatchObject({ status: 2, stdout: "" })
    expect(box.list()).toEqual(before)
  })
})
