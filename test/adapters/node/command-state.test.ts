import { closeSync, openSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { keepStreamsOnly, unblockSignals } from "../../../src/adapters/node/command-state.ts"

/** Plays the C library, and writes down what is asked of it. */
function played(answer: number) {
  const calls: [string, ...unknown[]][] = []
  const noting =
    (name: string, result: number) =>
    (...args: unknown[]) => {
      calls.push([name, ...args])
      return result
    }
  const library = {
    fcntl: noting("fcntl", 0),
    sigprocmask: noting("sigprocmask", 0),
    syscall: noting("syscall", answer),
  }
  return { calls, library }
}

const streams = [0, 1, 2].map((stream) => ["fcntl", stream, 2, 0])

describe("before a process becomes a command", () => {
  test("no signal stays blocked", () => {
    const { calls, library } = played(0)
    unblockSignals(library)
    expect(calls).toEqual([["sigprocmask", 2, new Uint8Array(128), null]])
  })

  test("the streams stay, and all else is closed by one call", () => {
    const { calls, library } = played(0)
    keepStreamsOnly(library)
    expect(calls).toEqual([...streams, ["syscall", 436, 3, -1, 4, 0, null]])
  })

  test("each descriptor is closed by itself where the system does not have that call", () => {
    const descriptor = openSync("/dev/null", "r")
    try {
      const { calls, library } = played(-1)
      keepStreamsOnly(library)
      expect(calls.slice(0, 4)).toEqual([...streams, ["syscall", 436, 3, -1, 4, 0, null]])
      const closed = calls.slice(4)
      expect(closed).toContainEqual(["fcntl", descriptor, 2, 1])
      for (const [name, which, ...rest] of closed) {
        expect([name, which, ...rest]).toEqual(["fcntl", which, 2, 1])
        expect(which).toBeGreaterThan(2)
      }
    } finally {
      closeSync(descriptor)
    }
  })
})
