import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { join } from "node:path"
import { afterEach, describe, expect, test } from "vitest"
import type { FailureRule } from "../../fake/aws/client.ts"
import { LeakSearch } from "./leaks.ts"
import { type ContainerOptions, type Ended, type Node, user } from "./pod.ts"
import { secret } from "./secret.ts"

const stranger = 4242
const search = new LeakSearch(secret)
// The app, if it were ever started.
const command = ["sh", "-c", "echo started >/marker/started"]
const soon = ["envseal", "open", "--require-tmpfs", "--timeout", "5s", "--", "boot"]

interface Case {
  readonly title: string
  readonly options: ContainerOptions
  readonly fails?: FailureRule
  readonly status: number
  readonly code: string
  readonly says: string
}

const cases: readonly Case[] = [
  {
    title: "no key and no role",
    options: { role: null },
    ...{ status: 5, code: "NO_CREDENTIALS", says: "no AWS credentials" },
  },
  {
    title: "the role of another environment",
    options: { role: "staging-pod" },
    ...{ status: 5, code: "ACCESS_DENIED", says: "staging-pod" },
  },
  {
    title: "a role that the agent does not know",
    options: { role: "nobody-at-all" },
    ...{ status: 5, code: "ACCESS_DENIED", says: "No association" },
  },
  {
    title: "another environment that is expected",
    options: { env: { ENVSEAL_EXPECT: "app=shop,environment=staging" } },
    ...{ status: 6, code: "CONTEXT_MISMATCH", says: "environment=staging is expected" },
  },
  {
    title: "no expectation",
    options: { env: { ENVSEAL_EXPECT: null } },
    ...{ status: 2, code: "USAGE", says: "nothing says what it must be for" },
  },
  {
    title: "another key that is pinned",
    options: {
      env: { ENVSEAL_KMS_KEY: "arn:aws:kms:eu-west-1:111122223333:key/99999999-12ab-34cd-56ef-1234567890ab" },
    },
    ...{ status: 6, code: "KEY_MISMATCH", says: "key" },
  },
  {
    title: "a KMS that is down",
    options: { entrypoint: soon },
    fails: { service: "kms", with: "reset" },
    ...{ status: 7, code: "REMOTE_FAILED|TIMED_OUT", says: "KMS" },
  },
  {
    title: "a KMS that never answers",
    options: { entrypoint: soon },
    fails: { service: "kms", with: "hang" },
    ...{ status: 7, code: "TIMED_OUT", says: "KMS" },
  },
  {
    title: "an agent that never answers",
    options: { entrypoint: soon },
    fails: { service: "agent", with: "hang" },
    ...{ status: 7, code: "TIMED_OUT", says: "169.254.170.23" },
  },
  {
    title: "no room in the memory for the .env",
    options: { memory: { tmpfs: "size=4k" } },
    ...{ status: 4, code: "WRITE_FAILED", says: "/run/envseal/.env" },
  },
  {
    title: "memory that is mounted read-only",
    options: { memory: { tmpfs: "ro" } },
    ...{ status: 4, code: "WRITE_FAILED", says: "/run/envseal/.env" },
  },
  {
    title: "no memory mounted, and so a read-only file system",
    options: { memory: null },
    ...{ status: 4, code: "TARGET_UNSAFE", says: "/run/envseal/.env" },
  },
  {
    title: "memory of another user",
    options: { memory: { tmpfs: `mode=0755,uid=${stranger}` } },
    ...{ status: 4, code: "TARGET_UNSAFE", says: `belongs to user ${stranger}` },
  },
  {
    title: "no sealed file",
    options: { workdir: "/tmp" },
    ...{ status: 4, code: "INPUT_UNREADABLE", says: ".env.sealed" },
  },
  {
    title: "a command that is not there",
    options: { entrypoint: ["envseal", "open", "--", "/no/such/command"] },
    ...{ status: 127, code: "COMMAND_NOT_FOUND", says: "/no/such/command" },
  },
  {
    title: "a command that is a folder",
    options: { entrypoint: ["envseal", "open", "--", "/var/www/html"] },
    ...{ status: 126, code: "COMMAND_NOT_EXECUTABLE", says: "/var/www/html" },
  },
]

/** What a container does that cannot have its configuration: it says why, and does not start the app. */
export function badInputTests(node: () => Node): void {
  describe("a container with", () => {
    const folders: string[] = []
    afterEach(async () => {
      await node().aws.clearFailures()
      for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
    })

    test.each(cases)(
      "$title does not start the app, and says why",
      async ({ options, fails, ...expected }) => {
        if (fails !== undefined) await node().aws.fail(fails)
        const container = await node().run({ command, ...options })
        expectFailure(await container.ended(), expected)
      },
    )

    /** A folder in memory that stands for a volume somebody else could write to. */
    function volume(prepare: (folder: string) => void): ContainerOptions {
      const folder = mkdtempSync("/dev/shm/envseal-test-")
      folders.push(folder)
      prepare(folder)
      return { command, memory: { folder } }
    }

    test("a link of another user at the target does not write through it", async () => {
      const options = volume((folder) => {
        chmodSync(folder, 0o1777)
        mkdirSync(join(folder, "elsewhere"))
        chmodSync(join(folder, "elsewhere"), 0o777)
        symlinkSync("elsewhere/taken", join(folder, ".env"))
        lchownSync(join(folder, ".env"), stranger, stranger)
      })
      const ended = await (await node().run(options)).ended()
      expectFailure(ended, { status: 4, code: "TARGET_UNSAFE", says: `the link belongs to user ${stranger}` })
      expect(existsSync(join(folders[0] ?? "", "elsewhere/taken"))).toBe(false)
    })

    test("a file of another user at the target does not replace it", async () => {
      const options = volume((folder) => {
        chmodSync(folder, 0o1777)
        writeFileSync(join(folder, ".env"), "APP_KEY=of-a-stranger\n")
        chownSync(join(folder, ".env"), stranger, stranger)
      })
      const ended = await (await node().run(options)).ended()
      expectFailure(ended, { status: 4, code: "TARGET_UNSAFE", says: `the file belongs to user ${stranger}` })
      expect(readFileSync(join(folders[0] ?? "", ".env"), "utf8")).toBe("APP_KEY=of-a-stranger\n")
    })

    test("a folder at the target leaves it alone", async () => {
      const options = volume((folder) => {
        chownSync(folder, user, user)
        mkdirSync(join(folder, ".env"))
      })
      const ended = await (await node().run(options)).ended()
      expectFailure(ended, { status: 4, code: "TARGET_UNSAFE", says: "it is a folder" })
    })

    test("room for the .env and not for the cached configuration does not start the app", async () => {
      const container = await node().run({ command, memory: { tmpfs: "size=8k" } })
      const ended = await container.ended()
      expect(ended).toMatchObject({ started: false, terminationMessage: "" })
      expect(ended.status).not.toBe(0)
      expect(ended.stderr).toContain("No space left on device")
      expect(search.in("standard error", ended.stderr)).toEqual([])
    })

    test("a command that the app's shell does not find ends with status 127", async () => {
      const ended = await (await node().run({ command: ["php-fmp"] })).ended()
      expect(ended).toMatchObject({ status: 127, started: false })
      expect(ended.stderr).toContain("php-fmp: not found")
    })

    test("everything that it needs starts the app: the marker is a good one", async () => {
      const ended = await (await node().run({ command })).ended()
      expect(ended).toMatchObject({ status: 0, started: true, terminationMessage: "" })
    })
  })
}

function expectFailure(ended: Ended, { status, code, says }: Pick<Case, "status" | "code" | "says">): void {
  const { stderr, stdout, terminationMessage } = ended
  expect({ status: ended.status, started: ended.started, stdout }, stderr).toEqual({
    ...{ status, started: false, stdout: "" },
  })
  expect(stderr).toMatch(new RegExp(`^envseal: error: .*\\[(${code})\\]$`, "m"))
  expect(stderr).toContain(says)
  expect(terminationMessage).toMatch(new RegExp(`^envseal: (${code}): `))
  expect(terminationMessage).toContain(says)
  expect(search.in("what it says", stderr + terminationMessage)).toEqual([])
}
