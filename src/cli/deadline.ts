import { EnvsealError } from "../core/error.ts"

/**
 * The result of `work`, or a failure once `milliseconds` have passed, whatever the work is waiting for.
 *
 * @throws EnvsealError `TIMED_OUT`. The work goes on in the background: end the process soon.
 */
export async function withDeadline<T>(milliseconds: number, what: string, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    reject(
      new EnvsealError("TIMED_OUT", `${what} did not end within ${milliseconds} ms`, {
        hint: "look at what it reads from; --timeout changes the limit",
      }),
    )
  }, milliseconds)
  try {
    return await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
  }
}
