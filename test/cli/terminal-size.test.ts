import { PassThrough } from "node:stream"
import { describe, expect, test } from "vitest"
import { terminalOf } from "../../src/cli/live-terminal.ts"
import { terminalSize } from "../../src/cli/terminal-size.ts"

describe("a terminal", () => {
  test.each([
    [
      { columns: 0, rows: 0 },
      { columns: 80, rows: 24 },
    ],
    [{}, { columns: 80, rows: 24 }],
    [
      { columns: 132, rows: 50 },
      { columns: 132, rows: 50 },
    ],
    [
      { columns: 20, rows: 0 },
      { columns: 20, rows: 24 },
    ],
  ])("of %j counts as of %j", (said, size) => {
    expect(terminalSize(said)).toEqual(size)
  })

  test("of no size is drawn on as on one of 80 columns", () => {
    const stream = Object.assign(new PassThrough(), { columns: 0, rows: 0, isTTY: true })
    const terminal = terminalOf(stream as unknown as NodeJS.WriteStream)
    terminal.update("a frame\nof two lines")
    terminal.update.persist("what stays")
    terminal.update.done()
    const drawn = String(stream.read())
    expect([terminal.columns(), terminal.rows()]).toEqual([80, 24])
    expect(drawn).toContain("a frame\nof two lines")
    expect(drawn).toContain("what stays")
  })

  test("that is closed is drawn on in vain", () => {
    const stream = Object.assign(new PassThrough(), { columns: 80, rows: 24, isTTY: true })
    const terminal = terminalOf(stream as unknown as NodeJS.WriteStream)
    stream.destroy(new Error("EIO"))
    expect(() => terminal.update("a frame")).not.toThrow()
  })
})
