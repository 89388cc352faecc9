import { PassThrough } from "node:stream"
import { text } from "node:stream/consumers"
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"
import { answerOfOneLine } from "../../../src/adapters/node/one-line.ts"

/** A terminal that notes in which mode it is, and what it would have shown. */
class FakeTerminal extends PassThrough {
  isRaw = false
  shown = ""

  setRawMode(isRaw: boolean): void {
    this.isRaw = isRaw
  }

  async type(typed: string): Promise<void> {
    if (!this.isRaw) this.shown += typed
    this.write(typed)
    await vi.advanceTimersByTimeAsync(1)
  }
}

/** A question that reads to the end of a line, as a prompt does. */
async function ask(input: NodeJS.ReadableStream): Promise<string> {
  let read = ""
  for await (const chunk of input) {
    read += String(chunk)
    if (/[\r\n]$/.test(read)) break
  }
  return read.trimEnd()
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe("a line of a terminal", () => {
  test.each([
    ["in one piece", ["one\r"]],
    ["key by key", ["o", "n", "e", "\r"]],
    ["with both line ends", ["one\r\n"]],
    ["with empty lines behind it", ["one\r", "\r", "\n"]],
  ])("is the only one %s", async (_, pieces) => {
    const terminal = new FakeTerminal()
    const asked = answerOfOneLine(ask, terminal)
    for (const piece of pieces) await terminal.type(piece)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(await asked).toEqual({ answer: "one", isOnly: true })
    expect(terminal.isRaw).toBe(false)
  })

  test.each([
    ["in one piece", ["{\rtwo\r"]],
    ["in pieces", ["{\r", "two\r", "three\r"]],
  ])(
    "is not the only one with more behind it %s, and nothing of that is shown or left",
    async (_, pieces) => {
      const terminal = new FakeTerminal()
      const asked = answerOfOneLine(ask, terminal)
      for (const piece of pieces) {
        await terminal.type(piece)
        await vi.advanceTimersByTimeAsync(100)
      }
      await vi.advanceTimersByTimeAsync(1_000)
      expect(await asked).toEqual({ answer: "{", isOnly: false })
      expect(terminal.shown).toBe("")
      terminal.end()
      expect(await text(terminal)).toBe("")
    },
  )

  test("leaves what is typed after a pause to whoever asks next", async () => {
    const terminal = new FakeTerminal()
    const asked = answerOfOneLine(ask, terminal)
    await terminal.type("one\r")
    await vi.advanceTimersByTimeAsync(1_000)
    expect(await asked).toEqual({ answer: "one", isOnly: true })
    await terminal.type("y\r")
    terminal.end()
    expect(await text(terminal)).toBe("y\r")
  })

  test("gives the terminal back when nobody answers", async () => {
    const terminal = new FakeTerminal()
    const asked = answerOfOneLine(() => Promise.reject(new Error("interrupted")), terminal)
    await expect(asked).rejects.toThrow("interrupted")
    expect(terminal.isRaw).toBe(false)
    expect(terminal.isPaused()).toBe(true)
  })
})
