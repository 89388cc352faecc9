import { printable } from "./text.ts"

/** When and where a time is read. */
export interface Here {
  /** Milliseconds since the epoch. */
  readonly nowMs: number
  /** By how many minutes the local time was ahead of UTC at a moment. */
  offsetMinutes(atMs: number): number
}

/** What a clock shows. */
export function hereOf(clock: { now(): Date; offsetMinutes(atMs: number): number }): Here {
  return { nowMs: clock.now().getTime(), offsetMinutes: (atMs) => clock.offsetMinutes(atMs) }
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const

const secondMs = 1_000
const minuteMs = 60 * secondMs
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs
const yearMs = 365.2425 * dayMs

/** Each with how long a time is told in it. */
const units = [
  { name: "second", ms: secondMs, belowMs: minuteMs },
  { name: "minute", ms: minuteMs, belowMs: hourMs },
  { name: "hour", ms: hourMs, belowMs: 2 * dayMs },
  { name: "day", ms: dayMs, belowMs: 60 * dayMs },
  { name: "month", ms: yearMs / 12, belowMs: 2 * yearMs },
  { name: "year", ms: yearMs, belowMs: Number.POSITIVE_INFINITY },
] as const

/** A clock that is ahead by less than this is not worth a word. */
const aheadMs = minuteMs

/**
 * A moment as a person reads it: `3:16, 4 minutes ago`.
 *
 * @param text RFC 3339. What is none is told as it is.
 */
export function momentText(text: string, here: Here): string {
  const ago = agoText(text, here)
  return ago === "" ? clockText(text, here) : `${clockText(text, here)}, ${ago}`
}

/**
 * The local time, with as much of the day as it takes: `3:16`, `yesterday 3:16`, `27 Nov 3:16`, `27 Nov 2025 3:16`.
 *
 * @param text RFC 3339. What is none is told as it is.
 */
export function clockText(text: string, here: Here): string {
  const atMs = Date.parse(text)
  if (Number.isNaN(atMs)) return printable(text, 40)
  const at = localTime(atMs, here)
  const now = localTime(here.nowMs, here)
  const time = `${at.getUTCHours()}:${String(at.getUTCMinutes()).padStart(2, "0")}`
  const days = dayOf(now) - dayOf(at)
  if (days === 0) return time
  if (days === 1) return `yesterday ${time}`
  const day = `${at.getUTCDate()} ${months[at.getUTCMonth()]}`
  const year = at.getUTCFullYear()
  return year === now.getUTCFullYear() ? `${day} ${time}` : `${day} ${year} ${time}`
}

/**
 * How long ago a moment is: `just now`, `4 minutes ago`; of what is still to come, by another clock, `in 4 minutes`.
 *
 * @param text RFC 3339.
 * @returns nothing for what is no time.
 */
export function agoText(text: string, { nowMs }: Pick<Here, "nowMs">): string {
  const ms = nowMs - Date.parse(text)
  if (Number.isNaN(ms)) return ""
  if (ms < secondMs && ms > -aheadMs) return "just now"
  const length = lengthText(Math.abs(ms))
  return ms < 0 ? `in ${length}` : `${length} ago`
}

function lengthText(ms: number): string {
  const { name, ms: unitMs } = units.find(({ belowMs }) => ms < belowMs) ?? units[5]
  const n = Math.floor(ms / unitMs)
  return `${n} ${name}${n === 1 ? "" : "s"}`
}

/** A date whose fields of UTC are those of the local time. */
function localTime(atMs: number, here: Here): Date {
  return new Date(atMs + here.offsetMinutes(atMs) * minuteMs)
}

function dayOf(local: Date): number {
  return Math.floor(local.getTime() / dayMs)
}
