import fc from "fast-check"
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"
import { attempt } from "../../src/adapters/aws/attempt.ts"
import { Deadline } from "../../src/cli/deadline.ts"
import { EnvsealError } from "../../src/core/error.ts"
import { settingFor } from "../adapters/aws/setting.ts"
import { FakeAws } from "../fake/aws/client.ts"

const limitMs = 4_000
const nowhere = new FakeAws(
  { listening: Promise.resolve(), ask: async () => null, close: async () => {} },
  "http://127.0.0.1:9",
  [{ name: "deployer", policies: [], mechanisms: ["static"] }],
)

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** Fails after that time, again and again. */
function failing(afterMs: number, error: Error): () => Promise<never> {
  return () => new Promise((_, reject) => setTimeout(() => reject(error), afterMs))
}

/** How `open` ends that needs some time before it asks a remote, which then does only this. */
async function endOf(startMs: number, work: () => Promise<never>): Promise<EnvsealError> {
  const deadline = new Deadline(limitMs)
  const { settings } = settingFor(nowhere, "deployer", {
    activity: deadline.activity,
    remainingMs: () => deadline.remainingMs(),
  })
  const run = async () => {
    await new Promise((resolve) => setTimeout(resolve, startMs))
    return attempt("credentials from the agent", work, settings).catch((error: Error) => {
      throw new EnvsealError("REMOTE_FAILED", error.message, { hint: "try again" })
    })
  }
  const ended = deadline.race("open", run()).catch((error: EnvsealError) => error)
  await vi.advanceTimersByTimeAsync(limitMs * 3)
  const error = await ended
  if (!(error instanceof EnvsealError)) throw new Error("it did not fail")
  return error
}

const silence = Object.assign(new Error("no answer within 3000 ms"), { name: "TimeoutError" })
const throttled = Object.assign(new Error("Rate exceeded"), {
  name: "ThrottlingException",
  $metadata: { httpStatusCode: 400 },
})

describe("how a command ends does not depend on how fast the machine is:", () => {
  test("TIMED_OUT where the remote never answers, whichever limit of time ends first", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(limitMs), fc.integer({ min: 1, max: 6_000 }), async (startMs, silentMs) => {
        const error = await endOf(startMs, failing(silentMs, silence))
        expect(error.code).toBe("TIMED_OUT")
      }),
    )
  })

  test.each([0, 100, 499, 500, 501, 900, 1_000])(
    "TIMED_OUT after a start of %i ms and an agent that is given 3 seconds",
    async (startMs) => {
      const error = await endOf(startMs, failing(3_000, silence))
      expect(error.code).toBe("TIMED_OUT")
      expect(error.message).toContain("it waited for credentials from the agent")
    },
  )

  test("REMOTE_FAILED where the remote answers with a failure each time, until the end too", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(limitMs - 1_000), fc.nat(900), async (startMs, answerMs) => {
        const error = await endOf(startMs, failing(answerMs, throttled))
        expect(error.code).toBe("REMOTE_FAILED")
      }),
    )
  })
})

test("a connection that is cut, which the SDK calls a TimeoutError, is an answer", async () => {
  const cut = Object.assign(new Error("read ECONNRESET"), { name: "TimeoutError", code: "ECONNRESET" })
  expect((await endOf(0, failing(10, cut))).code).toBe("REMOTE_FAILED")
  const late = Object.assign(new Error("connect ETIMEDOUT"), { name: "TimeoutError", code: "ETIMEDOUT" })
  expect((await endOf(0, failing(3_000, late))).code).toBe("TIMED_OUT")
})

test("what fails at once is told at once, and not at the deadline", async () => {
  const deadline = new Deadline(limitMs)
  const failure = new EnvsealError("REMOTE_FAILED", "no", { hint: "try again" })
  await expect(deadline.race("open", Promise.reject(failure))).rejects.toBe(failure)
  expect(deadline.remainingMs()).toBe(limitMs)
})

test("a command that asks no remote, and does not end, is told with what it reads from", async () => {
  const deadline = new Deadline(limitMs)
  const ended = expect(deadline.race("seal", new Promise(() => {}))).rejects.toMatchObject({
    code: "TIMED_OUT",
    message: "seal did not end within 4000 ms",
  })
  await vi.advanceTimersByTimeAsync(limitMs)
  await ended
})
