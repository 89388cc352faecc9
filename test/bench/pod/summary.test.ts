import { expect, test } from "vitest"
import { podStart } from "../../../build/pod-start-svg.ts"
import { addedBy, podTable } from "./summary.ts"

// What else the machine does is in both halves of a pair.
const pairs = [
  { envseal: 1_100, secret: 1_000 },
  { envseal: 2_090, secret: 2_000 },
  { envseal: 1_120, secret: 1_010 },
]

test("What envseal adds is the median of the pairs' differences, and not the difference of the medians.", () => {
  expect(addedBy(pairs)).toEqual({ milliseconds: 100, percent: expect.closeTo(9.9, 1) })
})

test("The picture finds in the table what the table says.", () => {
  const page = `<!-- bench:pod:begin -->\n${podTable(pairs)}\n<!-- bench:pod:end -->\n`
  expect(podStart(page)).toEqual({ without: 1010, added: 100, share: "9.9 %" })
})
