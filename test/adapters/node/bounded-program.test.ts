import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { everyRuntime, sandbox } from "../../script/harness.ts"

const program = join(import.meta.dirname, "bounded-program-run.ts")

interface Answer {
  readonly end: string
  readonly status?: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Whether there is a process of that number. */
function lives(pid: string): boolean {
  try {
    process.kill(Number(pid), 0)
    return true
  } catch {
    return false
  }
}

/** That a process ends: it was killed, and the system takes its time. */
async function ends(pid: string): Promise<void> {
  await expect.poll(() => lives(pid)).toBe(false)
}

describe.each(everyRuntime.filter(({ runtime }) => runtime !== "the binary"))(
  "under $runtime, a program that is run on the way",
  ({ executable }) => {
    async function run(line: string, limits: object = {}): Promise<Answer> {
      const ran = await sandbox().run(executable, [program, line, JSON.stringify(limits)])
      if (ran.status !== 0) throw new Error(ran.stderr)
      return JSON.parse(ran.stdout)
    }

    test("is run to its end, without input", async () => {
      const answer = await run("cat; echo out; echo why >&2; exit 3")
      expect(answer).toEqual({ end: "exited", status: 3, stdout: "out\n", stderr: "why\n" })
    })

    test.each([
      ["is not there", "/no/such/plugin"],
      ["would be below a file", "/etc/passwd/plugin"],
      ["may not be executed", "/etc/passwd"],
    ])("that %s is not started", async (_, path) => {
      expect(await run(path)).toEqual({ end: "unstarted", stdout: "", stderr: "" })
    })

    test("whose child holds its output open is not waited for, and the child is ended", async () => {
      const { stdout, ...rest } = await run("sleep 300 & echo $!")
      expect(rest).toEqual({ end: "exited", status: 0, stderr: "" })
      await ends(stdout.trim())
    })

    test("whose child has let go of its output leaves it running", async () => {
      const { stdout } = await run("sleep 300 >/dev/null 2>&1 & echo $!", { leftoverMs: 60_000 })
      process.kill(Number(stdout.trim()), "SIGKILL")
    })

    test("that takes too long is ended with all that it began", async () => {
      const { stdout, ...rest } = await run("trap '' TERM; sleep 300 & echo $!; wait", { timeoutMs: 1_000 })
      expect(rest).toEqual({ end: "late", stderr: "" })
      // On a machine that is too busy, it has begun nothing by then.
      if (stdout !== "") await ends(stdout.trim())
    })

    test("that writes too much is ended", async () => {
      expect(await run("head -c 1000 /dev/zero | tr '\\0' x")).toMatchObject({ end: "exited", status: 0 })
      expect(await run("yes")).toMatchObject({ end: "talkative" })
    })
  },
)
