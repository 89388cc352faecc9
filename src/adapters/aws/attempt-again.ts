import pRetry from "p-retry"
import { answerMayPass, answerOf, describeAnswer, isSilence } from "./answer.ts"
import type { AwsSettings } from "./settings.ts"

const firstPauseMs = 100
const longestPauseMs = 2_000
/** Kept free before the deadline, so that the last failure is reported, and not only that time ran out. */
const reserveMs = 500

/** The first attempt, which failed. */
export interface FirstAttempt {
  readonly error: unknown
  /** How long attempts may still be made. */
  readonly leftMs: number
  /** Whether its remote may just not be up yet. */
  readonly waits: boolean
}

/**
 * Does again what has failed once, with growing random pauses, until it succeeds, fails for good, or time runs out.
 * The only place that repeats anything: the clients make one attempt each.
 *
 * @throws the failure of the last attempt; when nothing was answered, only once the time is over.
 */
export async function attemptAgain<T>(
  what: string,
  work: () => Promise<T>,
  { activity, log, remainingMs }: AwsSettings,
  { error: firstError, leftMs, waits }: FirstAttempt,
): Promise<T> {
  const canPass = (error: unknown) => waits && answerMayPass(answerOf(error))
  let made = 0
  const next = async () => {
    made += 1
    if (made === 1) throw firstError
    return work()
  }
  try {
    return await pRetry(next, {
      retries: Number.POSITIVE_INFINITY,
      minTimeout: firstPauseMs,
      maxTimeout: longestPauseMs,
      randomize: true,
      maxRetryTime: Math.max(0, leftMs - reserveMs),
      shouldRetry: ({ error }) => canPass(error),
      onFailedAttempt: ({ error, attemptNumber }) => {
        const answer = answerOf(error)
        const why = describeAnswer(answer)
        activity.failed(why, !isSilence(answer))
        if (attemptNumber === 1 && canPass(error)) log.warn(`${what}: ${why}; trying again`)
        else log.debug(`${what}: attempt ${attemptNumber}: ${why}`)
      },
    })
  } catch (error) {
    // Of silence there is nothing to report, so the deadline speaks, however fast this machine got here.
    if (canPass(error) && isSilence(answerOf(error)))
      await new Promise((resolve) => setTimeout(resolve, remainingMs()))
    throw error
  }
}
