import { expect, test } from "vitest"
import { startOfContainer } from "./start.ts"

const line = (time: string, text: string) => `time="${time}" level=info msg="${text}"\n`
const log =
  line("2026-01-01T00:00:01.000000000Z", 'StartContainer for \\"aaa\\"') +
  line("2026-01-01T00:00:02.123456789Z", 'StartContainer for \\"bbb\\"') +
  line("2026-01-01T00:00:03.000000000Z", 'StartContainer for \\"bbb\\" returns successfully')

test("A container's start is when containerd was asked for it, to the microsecond.", () => {
  expect(startOfContainer(log, "containerd://bbb")).toBeCloseTo(
    Date.parse("2026-01-01T00:00:02Z") + 123.456,
    3,
  )
})

test.each(["containerd://ccc", ""])("A log without the start of %j is refused.", (id) => {
  expect(() => startOfContainer(log, id)).toThrow("no start")
})
