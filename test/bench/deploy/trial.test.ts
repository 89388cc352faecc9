import { expect, test } from "vitest"
import { otherSeconds, planTrials } from "./trial.ts"

test("Both contenders meet every case with builds of the same lengths, spread evenly over half a minute.", () => {
  const lengths = (contender: string) =>
    planTrials(6)
      .filter((trial) => trial.contender === contender && trial.case.name === "crash")
      .map(({ buildSeconds }) => buildSeconds - otherSeconds)
  expect(lengths("script")).toEqual([27.5, 22.5, 17.5, 12.5, 7.5, 2.5])
  expect(lengths("envseal")).toEqual(lengths("script"))
})

test("No two trials share a name or an image.", () => {
  const trials = planTrials(3)
  expect(new Set(trials.map(({ name }) => name)).size).toBe(trials.length)
  expect(new Set(trials.map(({ n }) => n)).size).toBe(trials.length)
})
