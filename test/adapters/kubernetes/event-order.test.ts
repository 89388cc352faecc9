import { expect, test } from "vitest"
import { eventsInOrder } from "../../../src/adapters/kubernetes/event-order.ts"

const at = (second: number) => `2026-01-01T00:00:${String(second).padStart(2, "0")}Z`

test("events come in the order of when they were last seen, wherever that stands", () => {
  const events = [
    { reason: "d", lastTimestamp: at(4) },
    { reason: "c", eventTime: "2026-01-01T00:00:03.000000Z", lastTimestamp: null },
    { reason: "b", metadata: { creationTimestamp: at(2) } },
    { reason: "e", series: { lastObservedTime: at(5) }, eventTime: at(1) },
    { reason: "a" },
  ]
  expect(eventsInOrder(events).map(({ reason }) => reason)).toEqual(["a", "b", "c", "d", "e"])
})

test("of many events the latest are told", () => {
  const events = Array.from({ length: 60 }, (_, second) => ({
    reason: String(second),
    lastTimestamp: at(second),
  }))
  const told = eventsInOrder(events.toReversed())
  expect(told).toHaveLength(50)
  expect(told.at(-1)?.reason).toBe("59")
})
