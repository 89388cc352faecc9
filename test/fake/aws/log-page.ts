import type { LogEvent } from "./build-log.ts"
import { Fault } from "./fault.ts"

/** What is asked of a stream. */
export interface PageRequest {
  readonly nextToken: string | undefined
  readonly startFromHead: boolean
  /** At most so many lines. */
  readonly limit: number
  /** How many pages without a line come before each page with lines. */
  readonly emptyPages: number
}

export interface LogPage {
  readonly events: readonly LogEvent[]
  readonly nextForwardToken: string
  readonly nextBackwardToken: string
}

/**
 * One page of a stream, as GetLogEvents gives it. A token is a place between two lines; at the end of the stream the
 * one that was given comes back. A page without lines, but with another token, is not the end.
 *
 * @throws InvalidParameterException for a token that is none.
 */
export function pageOf(events: readonly LogEvent[], request: PageRequest): LogPage {
  const { nextToken, startFromHead, limit } = request
  if (nextToken === undefined && !startFromHead) return slice(events, events.length - limit, events.length)
  if (nextToken === undefined) return forward(events, { index: 0, empty: 0 }, request)
  const { direction, ...place } = readToken(nextToken)
  if (direction === "b") return slice(events, place.index - limit, place.index)
  if (!startFromHead) {
    throw new Fault("InvalidParameterException", "A forward token needs startFromHead to be true.")
  }
  return forward(events, place, request)
}

interface TokenPlace {
  /** Of the next line. */
  readonly index: number
  /** How many empty pages have come in front of it. */
  readonly empty: number
}

function forward(
  events: readonly LogEvent[],
  place: TokenPlace,
  { limit, emptyPages }: PageRequest,
): LogPage {
  const { index, empty } = place
  if (index < events.length && empty < emptyPages) {
    const next = { index, empty: empty + 1 }
    return { events: [], nextForwardToken: token("f", next), nextBackwardToken: token("b", place) }
  }
  const page = slice(events, index, index + limit)
  // Nothing new: the very same token, with the empty pages that have come.
  return page.events.length === 0 ? { ...page, nextForwardToken: token("f", place) } : page
}

function slice(events: readonly LogEvent[], start: number, end: number): LogPage {
  const from = Math.max(0, start)
  const to = Math.min(events.length, end)
  return {
    events: events.slice(from, to),
    nextForwardToken: token("f", { index: to, empty: 0 }),
    nextBackwardToken: token("b", { index: from, empty: 0 }),
  }
}

function token(direction: "f" | "b", { index, empty }: TokenPlace): string {
  return `${direction}/${String(index).padStart(48, "0")}${String(empty).padStart(8, "0")}/s`
}

function readToken(text: string): TokenPlace & { readonly direction: "f" | "b" } {
  const parts = /^([fb])\/(\d{48})(\d{8})\/s$/.exec(text)
  if (parts === null) throw new Fault("InvalidParameterException", "The specified nextToken is invalid.")
  const [, direction, index, empty] = parts
  return { direction: direction === "f" ? "f" : "b", index: Number(index), empty: Number(empty) }
}
