import type { ClusterEvent } from "../../core/kubernetes.ts"

/** An event with all places where its time can stand. */
export interface TimedEvent extends ClusterEvent {
  readonly metadata?: { readonly creationTimestamp?: string | null }
  readonly series?: { readonly lastObservedTime?: string | null } | null
}

const maxEvents = 50

/** The latest events, oldest first. */
export function eventsInOrder(events: readonly TimedEvent[]): readonly ClusterEvent[] {
  return events
    .map((event) => ({ event, timeMs: timeOf(event) }))
    .sort((one, other) => one.timeMs - other.timeMs)
    .slice(-maxEvents)
    .map(({ event }) => event)
}

/** When it was last seen; 0 when nothing tells. Which field does depends on who reported it. */
function timeOf({ series, lastTimestamp, eventTime, metadata }: TimedEvent): number {
  const text = series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? metadata?.creationTimestamp
  const timeMs = Date.parse(text ?? "")
  return Number.isNaN(timeMs) ? 0 : timeMs
}
