import { closeSync, constants, existsSync, openSync, readFileSync, writeFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { context, identity, openArgs, recipient, sandbox, sealedSandbox, stranger } from "./harness.ts"

const marker = "hunter2-marker"

const secrets: readonly (readonly [string, string | Uint8Array, string])[] = [
  ["text that is not JSON", `{"A":"${marker}" "B"}`, "SECRET_MALFORMED"],
  ["a JSON list", `["${marker}"]`, "SECRET_MALFORMED"],
  ["0 bytes", "", "SECRET_MALFORMED"],
  ["an object without names", "{}", "SECRET_MALFORMED"],
  ["a byte order mark", `\uFEFF{"A":"${marker}"}`, "SECRET_MALFORMED"],
  ["UTF-16", Buffer.from(`\uFEFF{"A":"${marker}"}`, "utf16le"), "SECRET_MALFORMED"],
  ["UTF-16 without a mark", Buffer.from(`{"A":"${marker}"}`, "utf16le"), "SECRET_MALFORMED"],
  ["bytes that are not UTF-8", Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), "SECRET_MALFORMED"],
  ["5 MB", `{"A":"${marker.repeat(350_000)}"}`, "INPUT_TOO_LARGE"],
  [
    "100,000 names",
    `{${Array.from({ length: 100_000 }, (_, at) => `"A${at}":""`).join()}}`,
    "INPUT_TOO_LARGE",
  ],
  ["6,000 names", `{${Array.from({ length: 6_000 }, (_, at) => `"A${at}":""`).join()}}`, "SECRET_MALFORMED"],
  ["a value of nearly 1 MB", `{"A":"${"x".repeat(1_000_000)}"}`, "VALUE_TOO_LONG"],
  ["a name twice", `{"A":"${marker}","A":"2"}`, "DUPLICATE_NAME"],
  ["a nested value", `{"A":{"B":"${marker}"}}`, "NESTED_VALUE"],
  ["a lone surrogate", `{"A":"${marker}\\ud800"}`, "UNREPRESENTABLE_VALUE"],
  ["a NUL", `{"A":"${marker}\\u0000"}`, "UNREPRESENTABLE_VALUE"],
  ["a name that is no name", `{"A-B":"${marker}"}`, "BAD_NAME"],
  ["a name that runs code", `{"LD_PRELOAD":"${marker}"}`, "FORBIDDEN_NAME"],
]

describe.concurrent("seal of a secret with", () => {
  test.each(secrets)("%s ends with a code, writes nothing and shows nothing", async (_, secret, code) => {
    const box = sandbox({ "secret.json": secret })
    const run = await box.envseal([
      "seal",
      "--debug",
      "-f",
      "file:secret.json",
      "-r",
      recipient,
      "-c",
      context,
    ])
    expect(run).toMatchObject({ status: 4, stdout: "" })
    expect(run.stderr).toContain(`[${code}]`)
    expect(run.stderr).toContain("hint:")
    expect(run.stderr).not.toContain(marker)
    expect(box.list()).toEqual(["secret.json"])
  })
})

const usages: readonly (readonly [string, readonly string[], string])[] = [
  ["seal without a source", ["seal", "-r", recipient], "there is no secret to read"],
  ["seal without a recipient", ["seal", "-f", "env:PATH"], "there is no recipient"],
  [
    "seal for a malformed recipient",
    ["seal", "-f", "env:PATH", "-r", "age1nope"],
    'malformed recipient "age1nope"',
  ],
  ["seal for an identity", ["seal", "-f", "env:PATH", "-r", identity], "this is an identity"],
  [
    "seal with a malformed context",
    ["seal", "-f", "env:PATH", "-r", recipient, "-c", "app"],
    '"app" is not name=value',
  ],
  [
    "an identity in place of its file",
    ["open", "-i", identity],
    "an identity was given where its file is expected",
  ],
  ["open with nothing after --", ["open", "--"], "there is no command after --"],
  ["open --env without a command", ["open", "--env"], "--env needs a command"],
  ["open --stdout with a command", ["open", "--stdout", "--", "true"], "exclude each other"],
  ["open --out with --stdout", ["open", "--stdout", "-o", "x"], "exclude each other"],
  ["open with a mode that is none", ["open", "--mode", "0999"], "write a mode in octal"],
  ["open with two operands", ["open", "php", "artisan"], "too many arguments"],
  ["an unknown option", ["open", "--frobnicate"], "unknown option"],
  ["an unknown command", ["frobnicate"], "unknown command"],
]

describe.concurrent("usage:", () => {
  test.each(usages)("%s ends with 2, and repeats no identity", async (_, args, message) => {
    const box = await sealedSandbox()
    const run = await box.envseal(args)
    expect(run.stderr).toContain("[USAGE]")
    expect(run).toMatchObject({ status: 2, stdout: "" })
    expect(run.stderr).toContain(message)
    expect(run.stderr).not.toContain(identity)
    expect(existsSync(box.path(".env"))).toBe(false)
  })
})

describe.concurrent("open", () => {
  const failures: readonly (readonly [string, string, readonly string[], number])[] = [
    ["of a file that is not there", "INPUT_UNREADABLE", ["--in", "none"], 4],
    ["of a folder", "INPUT_UNREADABLE", ["--in", "."], 4],
    ["of something else", "NOT_AN_ENVELOPE", ["--in", "secret.json"], 4],
    [
      "of an envelope for another environment",
      "CONTEXT_MISMATCH",
      ["--expect", "app=shop,environment=production"],
      6,
    ],
    ["of an envelope with a pair too many", "CONTEXT_MISMATCH", ["--expect", "app=shop"], 6],
    ["with an identity that is none", "IDENTITY_MALFORMED", ["-i", "secret.json"], 4],
    ["with an identity file that is not there", "INPUT_UNREADABLE", ["-i", "none"], 4],
    ["with somebody else's identity", "NO_MATCH", ["-i", "stranger.txt"], 5],
    ["without an identity", "NO_IDENTITY", [], 5],
  ]

  test.each(failures)("%s ends with %s and leaves the old file", async (_, code, args, status) => {
    const box = await sealedSandbox({ A: marker })
    writeFileSync(box.path("stranger.txt"), stranger)
    writeFileSync(box.path(".env"), "OLD=1\n")
    const run = await box.envseal(["open", "--debug", ...args])
    expect(run.stderr).toContain(`[${code}]`)
    expect(run).toMatchObject({ status, stdout: "" })
    expect(run.stderr).not.toContain(marker)
    expect(readFileSync(box.path(".env"), "utf8")).toBe("OLD=1\n")
    expect(box.list()).toHaveLength(5)
  })

  test("with two identities of which the first is broken opens, and warns without showing it", async () => {
    const box = await sealedSandbox()
    writeFileSync(box.path("broken.txt"), `${stranger.slice(0, -1)}Q\n`)
    writeFileSync(box.path("both.txt"), `${stranger.slice(0, -1)}Q\n${identity}\n`)
    for (const args of [
      ["-i", "broken.txt", "-i", "key.txt"],
      ["-i", "both.txt"],
    ]) {
      const run = await box.envseal(["open", "--stdout", "--expect", context, ...args])
      expect(run.status).toBe(0)
      expect(run.stderr).toContain("is a damaged identity")
      expect(run.stderr).not.toContain(stranger.slice(0, 30))
    }
  })

  test("of an envelope with one bit changed, or cut, ends with 4 or 6 and writes nothing", async () => {
    const box = await sealedSandbox({ A: marker })
    const sealed = readFileSync(box.path(".env.sealed"))
    for (const at of [40, 300, sealed.length - 60]) {
      const changed = Buffer.from(sealed)
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at)
      writeFileSync(box.path(".env.sealed"), changed)
      const run = await box.envseal(openArgs)
      expect([4, 6]).toContain(run.status)
      expect(run.stdout).toBe("")
    }
    writeFileSync(box.path(".env.sealed"), sealed.subarray(0, 500))
    expect((await box.envseal(openArgs)).stderr).toContain("[ARMOR_MALFORMED]")
    expect(existsSync(box.path(".env"))).toBe(false)
  })

  test("--stdout to a full device or a reader that has gone ends with WRITE_FAILED", async () => {
    const box = await sealedSandbox()
    const full = await box.run("sh", [
      "-c",
      '"$@" >/dev/full',
      "sh",
      process.execPath,
      ...programArgs("--stdout"),
    ])
    expect(full.status).toBe(4)
    expect(full.stderr).toContain("no space left on the device (ENOSPC) [WRITE_FAILED]")
    const gone = await box.run("bash", [
      "-c",
      'exec 3> >(exec 0<&-); wait "$!"; "$@" >&3',
      "bash",
      process.execPath,
      ...programArgs("--stdout"),
    ])
    expect(gone.status).toBe(4)
    expect(gone.stderr).toContain("[WRITE_FAILED]")
  })

  test("on a full disk leaves the old file and no draft, at whatever byte it happens", async () => {
    const box = await sealedSandbox({ A: "x".repeat(6_000) })
    for (const blocks of [0, 1, 2, 4, 5]) {
      writeFileSync(box.path(".env"), "OLD=1\n")
      const limited = 'ulimit -f "$1"; shift; trap "" XFSZ; exec "$@"'
      const run = await box.run("bash", [
        "-c",
        limited,
        "bash",
        String(blocks),
        process.execPath,
        ...programArgs(),
      ])
      expect(run.stderr).toContain("[WRITE_FAILED]")
      expect(run.status).toBe(4)
      expect(readFileSync(box.path(".env"), "utf8")).toBe("OLD=1\n")
      expect(box.list().filter((name) => name.startsWith(".envseal"))).toEqual([])
    }
  })

  test.each([
    ["seal", "-f", "file:secret.json", "-c", context],
    ["rekey", "-i", "key.txt"],
  ])("--timeout ends %s whose recipients never come", async (...args) => {
    const box = await sealedSandbox()
    await box.run("mkfifo", ["team.txt"])
    let overdue: NodeJS.Timeout | undefined
    const run = await box.envseal([...args, "-R", "team.txt", "-o", "out", "--timeout", "300ms"], {
      watch: (child) => {
        overdue = setTimeout(() => child.kill("SIGKILL"), 300_000)
      },
    })
    clearTimeout(overdue)
    expect(run).toMatchObject({ status: 7, signal: null })
    expect(run.stderr).toContain("[TIMED_OUT]")
  })

  test("--timeout ends a read that never ends, and so does a signal", async () => {
    const box = await sealedSandbox()
    await box.run("mkfifo", ["never"])
    const late = await box.envseal(["open", "--in", "never", "--timeout", "300ms"])
    expect(late).toMatchObject({ status: 7, stdout: "" })
    expect(late.stderr).toContain("[TIMED_OUT]")
    for (const [signal, status] of [
      ["SIGTERM", 143],
      ["SIGINT", 130],
    ] as const) {
      const ready = box.path(`never-${signal}`)
      await box.run("mkfifo", [ready])
      const run = await box.envseal(["open", "--in", ready, "--debug"], {
        // Opening the other end succeeds once envseal waits for data.
        watch: (child) =>
          void waitForReader(ready).then((end) => {
            child.once("exit", () => closeSync(end))
            child.kill(signal)
          }),
      })
      expect(run).toMatchObject({ status, stdout: "" })
    }
  })
})

async function waitForReader(path: string): Promise<number> {
  for (let tries = 0; tries < 12_000; tries++) {
    try {
      return openSync(path, constants.O_WRONLY | constants.O_NONBLOCK)
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
  }
  throw new Error("nobody reads")
}

function programArgs(...args: readonly string[]): string[] {
  return [new URL("../../bin/envseal.js", import.meta.url).pathname, ...openArgs, ...args]
}
