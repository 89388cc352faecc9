import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { binary, program as launcher, openArgs, runtimes, type Sandbox, sealedSandbox } from "./harness.ts"

/** A program of this machine's own, to change where a test wants it broken. */
const sound = readFileSync("/bin/true")

function program(change: (bytes: Buffer) => void): Buffer {
  const bytes = Buffer.from(sound)
  change(bytes)
  return bytes
}

/** Where the path of the program's loader stands. */
const loaders = ["/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1", "/lib/ld-musl-"]
const loaderAt = Math.max(...loaders.map((loader) => sound.indexOf(loader)))
if (loaderAt < 0) throw new Error("/bin/true has no loader that this test knows")

const otherMachine = process.arch === "x64" ? 183 : 62

/** Name, content, and what the failure says. */
const refused: readonly (readonly [string, string | Buffer, string])[] = [
  ["a script saved with CRLF", "#!/bin/sh\r\necho hi\r\n", "CRLF"],
  ["a script of env saved with CRLF", "#!/usr/bin/env sh\r\necho hi\r\n", "CRLF"],
  ["a script whose interpreter is missing", "#!/no/such/interpreter\n", "/no/such/interpreter"],
  [
    "a script that env looks up in vain",
    "#!/usr/bin/env no-such-interpreter\n",
    "no-such-interpreter is not in PATH",
  ],
  [
    "a script that env -S looks up in vain",
    "#!/usr/bin/env -S no-such-interpreter -x\n",
    "no-such-interpreter is not in PATH",
  ],
  [
    "a script that env looks up in vain with a variable",
    "#!/usr/bin/env -vS A=1 no-such-interpreter\n",
    "no-such-interpreter is not in PATH",
  ],
  ["a script with a relative interpreter that is missing", "#!bin/none\n", "bin/none"],
  ["a script whose interpreter is a folder", "#!/etc\n", "/etc"],
  ["a script whose interpreter is no program", "#!./text\n", "neither a program nor a script"],
  ["a script without an interpreter", "#!\n", "names no interpreter"],
  ["a script with a line that is too long", `#!/${"x".repeat(300)}\n`, "too long"],
  ["a script that is its own interpreter", "#!./own\n", "too often"],
  ["text without #!", "echo hi\n", "neither a program nor a script"],
  ["an empty file", "", "empty"],
  ["a program cut off after its header", sound.subarray(0, 64), "cut off"],
  ["a program of eight bytes", sound.subarray(0, 8), "cut off"],
  [
    "a program for another processor",
    program((bytes) => bytes.writeUInt16LE(otherMachine, 18)),
    "another processor",
  ],
  ["an object file", program((bytes) => bytes.writeUInt16LE(1, 16)), "a part of a program"],
  [
    "a program whose loader is missing",
    program((bytes) => bytes.write("/nix", loaderAt, "latin1")),
    "loader",
  ],
  ["a program with damaged headers", program((bytes) => bytes.writeBigUInt64LE(2n ** 63n, 32)), "damaged"],
]

async function boxWith(name: string, content: string | Buffer): Promise<Sandbox> {
  const box = await sealedSandbox()
  for (const [file, bytes] of [
    ["text", "echo hi\n"],
    [name, content],
  ] as const) {
    writeFileSync(box.path(file), bytes)
    chmodSync(box.path(file), 0o755)
  }
  return box
}

function expectNothing(box: Sandbox): void {
  expect(box.list().filter((name) => name === ".env" || name.startsWith(".envseal-"))).toEqual([])
}

describe.concurrent.each(runtimes)("open -- command that cannot start, on $runtime,", ({ executable }) => {
  test.each(refused)("refuses %s before anything is opened", async (_, content, told) => {
    const box = await boxWith("own", content)
    const run = await box.envseal([...openArgs, "--", "./own"], { executable })
    expect(run.stderr).toContain(told)
    expect(run.stderr).toContain("[COMMAND_NOT_EXECUTABLE]")
    expect(run).toMatchObject({ status: 126, stdout: "" })
    expectNothing(box)
  })

  test("refuses a link to itself, and one that leads nowhere", async () => {
    const box = await sealedSandbox()
    symlinkSync("loop", box.path("loop"))
    symlinkSync("nothing", box.path("lost"))
    const loop = await box.envseal([...openArgs, "--", "./loop"], { executable })
    expect(loop.stderr).toContain("[COMMAND_NOT_EXECUTABLE]")
    expect(loop.status).toBe(126)
    const lost = await box.envseal([...openArgs, "--", "./lost"], { executable })
    expect(lost.stderr).toContain("[COMMAND_NOT_FOUND]")
    expect(lost.status).toBe(127)
    expectNothing(box)
  })

  test("refuses a pipe and a device, and waits for neither", async () => {
    const box = await sealedSandbox()
    expect(await box.run("mkfifo", ["-m", "755", "pipe"])).toMatchObject({ status: 0 })
    for (const command of ["./pipe", "/dev/null"]) {
      const run = await box.envseal([...openArgs, "--", command], { executable })
      expect(run.stderr).toContain("[COMMAND_NOT_EXECUTABLE]")
      expect(run.status).toBe(126)
    }
    expectNothing(box)
  })

  test("leaves no plaintext when the system refuses only at the start: another process writes the program", async () => {
    const box = await boxWith("own", sound)
    const script = 'exec 3>>own; exec "$@"'
    const command = executable === binary ? [binary] : [executable, launcher]
    const run = await box.run("sh", ["-c", script, "sh", ...command, ...openArgs, "--", "./own"])
    expect(run.stderr).toContain("another process is writing it [COMMAND_NOT_EXECUTABLE]")
    expect(run.status).toBe(126)
    expectNothing(box)
  })

  test("runs what the system runs: scripts of scripts, blanks after #!, a relative interpreter", async () => {
    const box = await sealedSandbox()
    for (const [name, text] of [
      ["one", "#! /bin/sh -e\necho one; exit 5\n"],
      ["two", "#!./one\n"],
      ["three", "#!/usr/bin/env sh\nexit 6\n"],
      ["four", "#!/usr/bin/env -S sh -e\nexit 8\n"],
      ["five", "#!/usr/bin/env -S A=9 'sh' -e\nexit $A\n"],
      ["six", "#!/usr/bin/env --split-string=A=10 sh\nexit $A\n"],
    ] as const) {
      writeFileSync(box.path(name), text)
      chmodSync(box.path(name), 0o755)
    }
    for (const [command, status] of [
      ["./one", 5],
      ["./two", 5],
      ["./three", 6],
      ["./four", 8],
      ["./five", 9],
      ["./six", 10],
    ] as const) {
      expect(await box.envseal([...openArgs, "-q", "--", command], { executable })).toMatchObject({
        status,
        stderr: "",
      })
    }
  })
})

describe.concurrent("a guard that cannot start", () => {
  test.each([
    ["is no program", "echo hi\n"],
    ["has no loader", program((bytes) => bytes.write("/nix", loaderAt, "latin1"))],
    ["never ends", "#!/bin/busy\nwhile :; do sleep 1; done\n"],
  ])("because /bin/sh %s is no reason not to open", async (_, shell) => {
    const box = await sealedSandbox()
    mkdirSync(box.path("bin"))
    writeFileSync(box.path("sh"), shell)
    chmodSync(box.path("sh"), 0o755)
    const mounted = 'cp /bin/sh "$PWD/busy"; mount --bind "$PWD/sh" "$(readlink -f /bin/sh)"; exec "$@"'
    const command = [process.execPath, launcher, ...openArgs, "-q"]
    const run = await box.run("unshare", ["-m", "bash", "--norc", "-c", mounted, "bash", ...command])
    expect(run).toMatchObject({ status: 0, stderr: "" })
    expect(readFileSync(box.path(".env"), "utf8")).toContain("APP_KEY=")
  })
})
