import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { agoText, clockText, type Here, momentText } from "../../src/core/moment.ts"

const at = (text: string, offset = 0): Here => ({
  nowMs: Date.parse(text),
  offsetMinutes: () => offset,
})

describe("a moment", () => {
  test.each([
    ["of today", "2026-11-29T03:16:00Z", "3:16, 16 hours ago"],
    ["a moment ago", "2026-11-29T19:29:59.500Z", "19:29, just now"],
    ["a second ago", "2026-11-29T19:29:59Z", "19:29, 1 second ago"],
    ["just below a minute ago", "2026-11-29T19:29:00.001Z", "19:29, 59 seconds ago"],
    ["a minute ago", "2026-11-29T19:29:00Z", "19:29, 1 minute ago"],
    ["just below an hour ago", "2026-11-29T18:30:01Z", "18:30, 59 minutes ago"],
    ["an hour ago", "2026-11-29T18:30:00Z", "18:30, 1 hour ago"],
    ["at midnight", "2026-11-29T00:00:00Z", "0:00, 19 hours ago"],
    ["just before midnight", "2026-11-28T23:59:59.999Z", "yesterday 23:59, 19 hours ago"],
    ["two calendar days ago", "2026-11-27T23:00:00Z", "27 Nov 23:00, 44 hours ago"],
    ["two days ago", "2026-11-27T19:30:00Z", "27 Nov 19:30, 2 days ago"],
    ["at the beginning of this year", "2026-01-01T00:00:00Z", "1 Jan 0:00, 10 months ago"],
    ["at the end of last year", "2025-12-31T23:59:00Z", "31 Dec 2025 23:59, 10 months ago"],
    ["two years ago", "2024-11-28T12:00:00Z", "28 Nov 2024 12:00, 2 years ago"],
    ["with microseconds, as a Lease has it", "2026-11-29T19:26:00.000000Z", "19:26, 4 minutes ago"],
    ["with an offset of its own", "2026-11-29T21:26:00+02:00", "19:26, 4 minutes ago"],
    ["that is ahead by seconds", "2026-11-29T19:30:59Z", "19:30, just now"],
    ["that is ahead by minutes", "2026-11-29T19:34:00Z", "19:34, in 4 minutes"],
    ["of tomorrow", "2026-11-30T19:34:00Z", "30 Nov 19:34, in 24 hours"],
  ])("%s is told so", (_, text, told) => {
    expect(momentText(text, at("2026-11-29T19:30:00Z"))).toBe(told)
  })

  test.each(["", "soon", "2026-13-01T00:00:00Z", "\u001b[31m2026"])(
    "that is none is told as it is: %j",
    (text) => {
      const told = momentText(text, at("2026-11-29T19:30:00Z"))
      expect(told).not.toContain("ago")
      expect(told).not.toContain("\u001b")
    },
  )
})

describe("the local time", () => {
  test.each([
    ["ahead of UTC", 60, "2026-11-29T23:30:00Z", "0:30"],
    ["behind UTC", -300, "2026-11-30T03:00:00Z", "yesterday 22:00"],
    ["by a part of an hour", 345, "2026-11-30T00:00:00Z", "5:45"],
  ])("%s is that of the one who reads, its day too", (_, offset, text, told) => {
    expect(clockText(text, at("2026-11-30T12:00:00Z", offset))).toBe(told)
  })

  test("is that of the moment, and not of now, where the clocks were changed in between", () => {
    // Central Europe went from +2 to +1 on 25 October 2026 at 1:00 UTC.
    const change = Date.parse("2026-10-25T01:00:00Z")
    const here = {
      nowMs: Date.parse("2026-10-25T12:00:00Z"),
      offsetMinutes: (ms: number) => (ms < change ? 120 : 60),
    }
    expect(clockText("2026-10-25T00:30:00Z", here)).toBe("2:30")
    expect(clockText("2026-10-25T01:30:00Z", here)).toBe("2:30")
    expect(clockText("2026-10-24T22:00:00Z", here)).toBe("0:00")
    expect(clockText("2026-10-24T21:59:00Z", here)).toBe("yesterday 23:59")
  })
})

test("any moment of the calendar is told in one short line, and the later of two is not longer ago", () => {
  const moments = fc.date({ min: new Date("1970-01-01"), max: new Date("2100-01-01"), noInvalidDate: true })
  fc.assert(
    fc.property(moments, moments, fc.integer({ min: -840, max: 840 }), (date, now, offset) => {
      const here = { nowMs: now.getTime(), offsetMinutes: () => offset }
      const told = momentText(date.toISOString(), here)
      expect(told).toMatch(
        /^(?:yesterday |\d{1,2} [A-Z][a-z]{2} (?:\d{4} )?)?\d{1,2}:\d{2}, (?:just now|in \d+ [a-z]+|\d+ [a-z]+ ago)$/,
      )
      expect(told.length).toBeLessThanOrEqual(36)
      if (date > now) expect(agoText(date.toISOString(), here)).not.toContain("ago")
    }),
  )
})
