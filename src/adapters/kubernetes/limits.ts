/** How long and how often things are tried. All times in milliseconds. */
export interface RequestLimits {
  /** Until a connection stands, TLS included. */
  readonly connectMs: number
  /** From there until the answer is there as a whole; of a watch, until it begins. */
  readonly answerMs: number
  /** How long a request is repeated while the way to the server fails. */
  readonly retryMs: number
  readonly firstPauseMs: number
  readonly longestPauseMs: number
  /** For so long after a failure of the server, it may deny what it will allow once it has read its roles. */
  readonly forgiveMs: number
  /** A watch on which nothing was heard for so long is replaced; the server sends a bookmark each minute. */
  readonly stallMs: number
  /** The server ends a watch after so long, or a little longer, so that they are spread over its replicas. */
  readonly watchMs: number
  /** Between two views. */
  readonly viewMs: number
  /** After so long without the server it is reported as lost, and then again after {@link lostEveryMs}. */
  readonly lostAfterMs: number
  readonly lostEveryMs: number
}

export const usualLimits: RequestLimits = {
  connectMs: 5_000,
  answerMs: 15_000,
  retryMs: 20_000,
  firstPauseMs: 100,
  longestPauseMs: 5_000,
  forgiveMs: 10_000,
  stallMs: 70_000,
  watchMs: 300_000,
  viewMs: 100,
  lostAfterMs: 3_000,
  lostEveryMs: 5_000,
}
