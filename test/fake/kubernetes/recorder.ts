import { randomBytes } from "node:crypto"
import { type Clock, timestamp } from "./clock.ts"
import type { Happening } from "./container-life.ts"
import type { Stored } from "./object.ts"
import type { Store } from "./store.ts"

/** Records events on objects. One that was there before with the same words is counted up. */
export class Recorder {
  readonly #store: Store
  readonly #clock: Clock
  readonly #names = new Map<string, string>()

  constructor(store: Store, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  /** @param fieldPath the part of the object that it is about, such as `spec.containers{app}`. */
  record(object: Stored, component: string, { type, reason, message }: Happening, fieldPath?: string): void {
    const { namespace = "", name, uid } = object.metadata
    const now = timestamp(this.#clock.now())
    const key = [uid, fieldPath, reason, message].join("\0")
    const known = this.#names.get(key)
    if (known !== undefined) {
      this.#store.update({ resource: "events", namespace, name: known }, (event) => ({
        ...event,
        count: event.count + 1,
        lastTimestamp: now,
      }))
      return
    }
    const event = `${name}.${randomBytes(8).toString("hex")}`
    this.#names.set(key, event)
    this.#store.create("events", {
      apiVersion: "v1",
      kind: "Event",
      metadata: { name: event, namespace },
      involvedObject: {
        ...{ apiVersion: object.apiVersion, kind: object.kind, namespace, name, uid },
        ...(fieldPath === undefined ? {} : { fieldPath }),
      },
      type,
      reason,
      message,
      count: 1,
      firstTimestamp: now,
      lastTimestamp: now,
      source: { component },
    })
  }
}
