import pRetry from "p-retry"
import { type Answer, answerOf, describeFailure, mayPass } from "./answer.ts"
import type { AwsSettings } from "./settings.ts"

const firstPauseMs = 100
const longestPauseMs = 2_000
/** Kept free before the deadline, so that the last failure is told, and not only that time ran out. */
const reserveMs = 500

/**
 * Does something that can fail for a moment, again and again with growing random pauses, until it succeeds,
 * fails for good, or time runs out. The only place that repeats anything: the clients make one attempt each.
 *
 * @param what for the message when it never ends, such as `KMS in eu-west-1 to decrypt`.
 * @throws the failure of the last attempt.
 */
export function attempt<T>(
  what: string,
  work: () => Promise<T>,
  { activity, talk, remainingMs }: AwsSettings,
  canPass: (answer: Answer) => boolean = mayPass,
): Promise<T> {
  activity.begin(what)
  return pRetry(work, {
    retries: Number.POSITIVE_INFINITY,
    minTimeout: firstPauseMs,
    maxTimeout: longestPauseMs,
    randomize: true,
    maxRetryTime: Math.max(0, remainingMs() - reserveMs),
    shouldRetry: ({ error }) => canPass(answerOf(error)),
    onFailedAttempt: ({ error, attemptNumber }) => {
      const answer = answerOf(error)
      const why = describeFailure(answer)
      activity.failed(why)
      if (attemptNumber === 1 && canPass(answer)) talk.warn(`${what}: ${why}; trying again`)
      else talk.debug(`${what}: attempt ${attemptNumber}: ${why}`)
    },
  })
}
