import pRetry from "p-retry"
import { type Answer, answerMayPass, answerOf, describeAnswer, isSilence } from "./answer.ts"
import type { AwsSettings } from "./settings.ts"

const firstPauseMs = 100
const longestPauseMs = 2_000
/** Kept free before the deadline, so that the last failure is reported, and not only that time ran out. */
const reserveMs = 500

/** More than connecting and the wait for an answer take together: what is over then is an answer that drips. */
const answerLimitMs = 7_500

/** The answer of a remote, or a failure that passes once it takes longer than any answer does. */
export async function wholeAnswer<T>(answer: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const late = Object.assign(new Error("the answer does not end"), { name: "TimeoutError" })
  const timer = setTimeout(() => reject(late), answerLimitMs)
  try {
    return await Promise.race([answer, promise])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Does something that can fail for a moment, again and again with growing random pauses, until it succeeds,
 * fails for good, or time runs out. The only place that repeats anything: the clients make one attempt each.
 *
 * @param what for the message when it never ends, such as `KMS in eu-west-1 (kms:Decrypt)`.
 * @throws the failure of the last attempt; when nothing was answered, only once the time is over.
 */
export async function attempt<T>(
  what: string,
  work: () => Promise<T>,
  { activity, log, remainingMs }: AwsSettings,
  canPass: (answer: Answer) => boolean = answerMayPass,
): Promise<T> {
  activity.begin(what)
  try {
    return await pRetry(work, {
      retries: Number.POSITIVE_INFINITY,
      minTimeout: firstPauseMs,
      maxTimeout: longestPauseMs,
      randomize: true,
      maxRetryTime: Math.max(0, remainingMs() - reserveMs),
      shouldRetry: ({ error }) => canPass(answerOf(error)),
      onFailedAttempt: ({ error, attemptNumber }) => {
        const answer = answerOf(error)
        const why = describeAnswer(answer)
        activity.failed(why, !isSilence(answer))
        if (attemptNumber === 1 && canPass(answer)) log.warn(`${what}: ${why}; trying again`)
        else log.debug(`${what}: attempt ${attemptNumber}: ${why}`)
      },
    })
  } catch (error) {
    // Of silence there is nothing to report, so the deadline speaks, however fast this machine got here.
    const answer = answerOf(error)
    if (canPass(answer) && isSilence(answer))
      await new Promise((resolve) => setTimeout(resolve, remainingMs()))
    throw error
  }
}
