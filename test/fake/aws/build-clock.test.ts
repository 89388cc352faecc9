import { expect, test } from "vitest"
import { BuildClock, type ClockSetting } from "./build-clock.ts"

const start = Date.parse("2026-01-01T00:00:00Z")

function clockWith(setting: ClockSetting) {
  let wall = start
  const clock = new BuildClock(setting, () => wall)
  const pass = (milliseconds: number) => {
    wall += milliseconds
  }
  return { clock, pass, elapsed: () => clock.now() - start }
}

test("a clock with a speed goes that much faster than the wall clock, and can be advanced", () => {
  const { clock, pass, elapsed } = clockWith({ speed: 60 })
  expect(elapsed()).toBe(0)
  pass(1000)
  expect(elapsed()).toBe(60_000)
  clock.advance(5)
  clock.tick()
  expect(elapsed()).toBe(65_000)
})

test("a clock with steps stands still but for its steps and what it is advanced by", () => {
  const { clock, pass, elapsed } = clockWith({ stepSeconds: 10 })
  pass(1000)
  expect(elapsed()).toBe(0)
  clock.tick()
  clock.advance(0.5)
  expect(elapsed()).toBe(10_500)
})

test("a clock goes on from where it is when it is set to go in another way", () => {
  const { clock, pass, elapsed } = clockWith({ speed: 2 })
  pass(1000)
  clock.set({ stepSeconds: 0 })
  pass(1000)
  clock.tick()
  expect(elapsed()).toBe(2000)
  clock.set({ speed: 1 })
  pass(500)
  expect(elapsed()).toBe(2500)
})

test("what is patient goes by the wall clock, further by what was advanced", () => {
  const { clock, pass } = clockWith({ speed: 60 })
  pass(1000)
  clock.advance(10)
  expect(clock.patient() - start).toBe(11_000)
})
