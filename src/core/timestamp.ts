const form = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/

/**
 * A time as somebody else wrote it.
 *
 * @returns RFC 3339 in UTC, to the millisecond; `null` when the text is no time of RFC 3339. A leap second is none.
 */
export function readTimestamp(text: string): string | null {
  const [, day] = form.exec(text) ?? []
  if (day === undefined || !isDay(day)) return null
  const ms = Date.parse(text)
  return Number.isNaN(ms) ? null : new Date(ms).toISOString()
}

/** `Date` takes the 30th of February for a day of March. */
function isDay(day: string): boolean {
  const ms = Date.parse(`${day}T00:00:00Z`)
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(day)
}
