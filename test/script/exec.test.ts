import {
  chmodSync,
  chownSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { binary, openArgs, program, runtimes, sealedSandbox, standalone } from "./harness.ts"

const report = `
echo "pid $$"
for a in "$@"; do printf 'arg [%s]\\n' "$a"; done
grep -E 'Sig(Ign|Blk)' /proc/self/status
for f in /proc/self/fdinfo/[012]; do grep flags "$f"; done
ls /proc/self/fd | sed '/^[0-9]$/!d' | tr '\\n' ' '
env | grep -c ENVSEAL_
cat
exit 7
`

/** What a shell script writes for a command's last argument: each way to start one is another. */
const lastArguments = [
  ["text", "end"],
  ["bytes that are no text", "$(printf '\\351')"],
] as const

describe.concurrent.each(runtimes)("open -- command on $runtime", ({ executable }) => {
  const own = executable === binary ? [executable] : [executable, program]

  test("becomes the command: pid, arguments, status, input, signals, descriptors, no variable of ours", async () => {
    const box = await sealedSandbox()
    const args = ["sh", "-c", report, "sh", "two words", "", "-- --json"]
    let pid = 0
    const env = { ENVSEAL_EXPECT: "app=shop,environment=test", ENVSEAL_IDENTITY_FILE: "key.txt" }
    const run = await box.envseal(["open", "-q", "--", ...args], {
      executable,
      env,
      stdin: "from stdin",
      watch: (child) => {
        pid = child.pid ?? 0
      },
    })
    const plain = await box.run("sh", args.slice(1), { stdin: "from stdin" })
    expect(run.stderr).toBe("")
    expect(run.status).toBe(7)
    expect(run.stdout.split("\n")[0]).toBe(`pid ${pid}`)
    // Without envseal in between, the command sees the very same.
    expect(run.stdout.replace(/^pid \d+/, "")).toBe(plain.stdout.replace(/^pid \d+/, ""))
    expect(run.stdout).toContain("SigIgn:\t0000000000000000")
    expect(run.stdout).toContain("arg [two words]\narg []\narg [-- --json]\n")
    expect(readFileSync(box.path(".env"), "utf8")).toContain("APP_KEY=")
  })

  test.each(lastArguments)(
    "gives a command with %s /dev/null in place of each closed stream, and no other descriptor",
    async (_, last) => {
      const box = await sealedSandbox()
      writeFileSync(box.path("outer.sh"), `exec <&- 2>&- 3<outer.sh 7<outer.sh; exec "$@" "${last}"`)
      writeFileSync(
        box.path("inner.sh"),
        "for f in 0 2 3 7; do readlink /proc/$$/fd/$f || echo none; done > seen",
      )
      const run = await box.run("sh", ["outer.sh", ...own, ...openArgs, "-q", "--", "sh", "inner.sh"])
      expect(run).toMatchObject({ status: 0, stdout: "", stderr: "" })
      expect(readFileSync(box.path("seen"), "utf8")).toBe("/dev/null\n/dev/null\nnone\nnone\n")
    },
  )

  test.each(lastArguments)(
    "gives a command with %s no blocked signal, whatever was blocked before",
    async (_, last) => {
      const box = await sealedSandbox()
      writeFileSync(box.path("outer.sh"), `exec env --block-signal=TERM,RTMIN+3 "$@" "${last}"`)
      const command = ["sh", "-c", "grep SigBlk /proc/self/status", "sh"]
      const run = await box.run("sh", ["outer.sh", ...own, ...openArgs, "-q", "--", ...command])
      expect(run).toMatchObject({ status: 0, stdout: "SigBlk:\t0000000000000000\n", stderr: "" })
    },
  )

  test("hands SIGTERM to the command", async () => {
    const box = await sealedSandbox()
    const script = "trap 'exit 42' TERM; echo ready; while :; do sleep 0.05; done"
    const run = await box.envseal([...openArgs, "-q", "--", "sh", "-c", script], {
      executable,
      watch: (child) => child.stdout?.once("data", () => child.kill("SIGTERM")),
    })
    expect(run.status).toBe(42)
  })

  test("--env gives every value to the command and writes no file", async () => {
    const box = await sealedSandbox()
    const run = await box.envseal([...openArgs, "--env", "--", "sh", "-c", 'printf %s "$DB_PASSWORD"'], {
      executable,
    })
    expect(run).toMatchObject({ status: 0, stdout: "it's $5", stderr: "" })
    expect(box.list()).not.toContain(".env")
  })
})

/** Where the loader of a dynamic program is on this machine, by its headers. */
const loaderPath = process.arch === "x64" ? "/lib64/ld-linux-x86-64.so.2" : "/lib/ld-linux-aarch64.so.1"

test.skipIf(process.platform !== "linux").each(runtimes)(
  "a command whose loader another process is writing ends with a message on $runtime",
  async ({ executable }) => {
    const box = await sealedSandbox()
    // The path has to be no longer than the one in whose place it is put.
    const folder = mkdtempSync("/tmp/ld-")
    const loader = join(folder, "l")
    const programBytes = readFileSync("/bin/true")
    const at = programBytes.indexOf(`${loaderPath}\0`)
    programBytes.fill(0, at, at + loaderPath.length).write(loader, at)
    writeFileSync(box.path("swapped"), programBytes, { mode: 0o755 })
    writeFileSync(loader, readFileSync(loaderPath), { mode: 0o755 })
    const writer = openSync(loader, "a")
    try {
      expect(at).toBeGreaterThan(0)
      const run = await box.envseal([...openArgs, "--", "./swapped"], { executable })
      expect(run).toMatchObject({ status: 126, signal: null, stdout: "" })
      expect(run.stderr).toContain(
        "could not start ./swapped: another process is writing it [COMMAND_NOT_EXECUTABLE]",
      )
      expect(box.list()).not.toContain(".env")
    } finally {
      closeSync(writer)
      rmSync(folder, { recursive: true })
    }
  },
)

describe.concurrent("a command that cannot be started", () => {
  const wrongElf = Buffer.alloc(64)
  wrongElf.write("\x7fELF\x02\x01\x01", "latin1")
  wrongElf.writeUInt16LE(process.arch === "x64" ? 183 : 62, 18)

  test.each([
    ["is not in PATH", "no-such-command", 127, "COMMAND_NOT_FOUND"],
    ["is not there", "./none", 127, "COMMAND_NOT_FOUND"],
    ["is a folder", "./folder", 126, "COMMAND_NOT_EXECUTABLE"],
    ["may not be executed", "./secret.json", 126, "COMMAND_NOT_EXECUTABLE"],
    ["is for another processor", "./elf", 126, "COMMAND_NOT_EXECUTABLE"],
    ["is text without #!", "./text", 126, "COMMAND_NOT_EXECUTABLE"],
    ["has an interpreter that is not there", "./orphan", 126, "COMMAND_NOT_EXECUTABLE"],
  ])("because it %s ends before anything is opened", async (_, command, status, code) => {
    const box = await sealedSandbox()
    mkdirSync(box.path("folder"))
    for (const [name, content] of [
      ["elf", wrongElf],
      ["text", "echo hello\n"],
      ["orphan", "#!/no/such/interpreter\n"],
    ] as const) {
      writeFileSync(box.path(name), content)
      chmodSync(box.path(name), 0o755)
    }
    writeFileSync(box.path("reason"), "")
    const run = await box.envseal([...openArgs, "--", command], {
      env: { ENVSEAL_TERMINATION_LOG: box.path("reason") },
    })
    expect(run.stderr).toContain(`[${code}]`)
    expect(run).toMatchObject({ status, stdout: "" })
    expect(box.list()).not.toContain(".env")
    expect(readFileSync(box.path("reason"), "utf8")).toMatch(
      new RegExp(`^envseal: ${code}: could not start [^\\n]*$`),
    )
  })

  test("because it is a variable shows no value, and says how one is set", async () => {
    const box = await sealedSandbox({ A: "1" })
    const run = await box.envseal([...openArgs, "--", "APP_KEY=hunter2", "php"])
    expect(run.stderr).toContain("could not start APP_KEY=…: it is not in PATH [COMMAND_NOT_FOUND]")
    expect(run.stderr).toContain("envseal open -- env NAME=value php-fpm")
    expect(run.stderr).not.toContain("hunter2")
    expect(run).toMatchObject({ status: 127, stdout: "" })
    expect(box.list()).not.toContain(".env")
  })

  test("because the environment would be too large is named with its variables", async () => {
    const box = await sealedSandbox({ BIG: "x".repeat(131_067) })
    const env = Object.fromEntries(Array.from({ length: 16 }, (_, at) => [`V${at}`, "y".repeat(125_000)]))
    const run = await box.envseal([...openArgs, "--env", "--", "true"], {
      env,
    })
    expect(run.stderr).toContain("[ENVIRONMENT_TOO_LARGE]")
    expect(run.stderr).toContain("largest: BIG")
    expect(run.status).toBe(4)
  })
})

describe.skipIf(standalone).concurrent("where the process cannot be replaced", () => {
  test("the command runs as a child, gets signals, and its status is mirrored", async () => {
    const box = await sealedSandbox()
    writeFileSync(box.path("no-execve.mjs"), "delete process.execve; process.execve = undefined")
    const runtimeArgs = ["--import", "./no-execve.mjs"]
    const script = "trap 'exit 42' TERM; echo ready; while :; do sleep 0.05; done"
    const run = await box.envseal([...openArgs, "-q", "--", "sh", "-c", script], {
      runtimeArgs,
      watch: (child) => child.stdout?.once("data", () => child.kill("SIGTERM")),
    })
    expect(run.status).toBe(42)
    const killed = await box.envseal([...openArgs, "-q", "--", "sh", "-c", "kill -9 $$"], { runtimeArgs })
    expect(killed.status).toBe(137)
  })
})

describe.concurrent("a target that another user could have put there", () => {
  const nobody = 65_534

  test("is refused, whether link, folder or file", async () => {
    const box = await sealedSandbox()
    expect(process.geteuid?.(), "these tests change owners, and need root").toBe(0)
    mkdirSync(box.path("theirs"))
    chownSync(box.path("theirs"), nobody, nobody)
    mkdirSync(box.path("open"))
    chmodSync(box.path("open"), 0o777)
    writeFileSync(box.path("file"), "OLD=1\n")
    chownSync(box.path("file"), nobody, nobody)
    symlinkSync("open/x", box.path("to-open"))
    await box.run("sh", ["-c", "ln -s secret.json link && chown -h 65534 link && mkfifo fifo"])
    const targets = ["theirs/.env", "open/.env", "to-open", "file", "link", "fifo", "open", "/dev/null"]
    for (const target of targets) {
      const run = await box.envseal([...openArgs, "-o", target])
      expect(run.stderr).toContain("[TARGET_UNSAFE]")
      expect(run.status).toBe(4)
    }
    expect(readFileSync(box.path("file"), "utf8")).toBe("OLD=1\n")
    const seal = await box.envseal(["seal", "-f", "file:secret.json", "-R", "none", "-o", "/dev/null"])
    expect(seal.status).toBe(4)
  })

  test("is taken when --owner names that user, who then owns the file", async () => {
    const box = await sealedSandbox()
    mkdirSync(box.path("theirs"))
    chownSync(box.path("theirs"), nobody, nobody)
    expect((await box.envseal([...openArgs, "-o", "theirs/.env", "--owner", "nobody"])).status).toBe(0)
    const { stdout } = await box.run("stat", ["-c", "%u %a", "theirs/.env"])
    expect(stdout).toBe(`${nobody} 400\n`)
  })

  test("is not in memory, when --require-tmpfs was given", async () => {
    const box = await sealedSandbox()
    const disk = await box.envseal([...openArgs, "--require-tmpfs"])
    expect(disk.stderr).toContain("it is not on a tmpfs")
    const memory = await box.envseal([
      ...openArgs,
      "--require-tmpfs",
      "-o",
      `/dev/shm/${box.folder.split("/").at(-1)}`,
    ])
    expect(memory.status, memory.stderr).toBe(0)
    await box.run("rm", ["-f", `/dev/shm/${box.folder.split("/").at(-1)}`])
  })
})
