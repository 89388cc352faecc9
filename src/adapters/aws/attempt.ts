import type { AwsSettings } from "./settings.ts"

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
 * Does something that can fail for a moment, once, and where that fails as `attemptAgain` does.
 * What repeats and tells failures apart is loaded by who needs it: a container that starts waits for this.
 *
 * @param what for the message when it never ends, such as `KMS in eu-west-1 (kms:Decrypt)`.
 * @param waits whether its remote may just not be up yet.
 * @throws the failure of the last attempt; when nothing was answered, only once the time is over.
 */
export async function attempt<T>(
  what: string,
  work: () => Promise<T>,
  settings: AwsSettings,
  waits = true,
): Promise<T> {
  const limitMs = settings.remainingMs()
  const startedAt = performance.now()
  settings.activity.begin(what)
  try {
    return await work()
  } catch (error) {
    const leftMs = limitMs - (performance.now() - startedAt)
    const { attemptAgain } = await import("./attempt-again.ts")
    return attemptAgain(what, work, settings, { error, leftMs, waits })
  }
}
