import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { type Home, homeAnnotation, readHome, writeHome } from "../../../src/deploy/core/home.ts"
import { runs } from "../../dotenv/values.ts"

const read = (text: string) => readHome({ [homeAnnotation]: text })

const home: fc.Arbitrary<Home> = fc.record({
  app: fc.string(),
  environment: fc.string(),
  account: fc.option(fc.string()),
  region: fc.option(fc.string()),
  secrets: fc.array(fc.string(), { maxLength: 3 }),
})

describe("the home of a workload", () => {
  test("is read as it was written", () => {
    fc.assert(
      fc.property(home, (one) => {
        expect(read(writeHome(one))).toEqual(one)
      }),
      runs(200),
    )
  })

  test("is none, or one of its form, whatever anybody wrote there", () => {
    expect(readHome(undefined)).toBeNull()
    for (const text of ["", "{", "[]", "1", '{"app":"shop"}', '{"app":1,"environment":"p"}'])
      expect(read(text)).toBeNull()
    expect(read('{"app":"shop","environment":"p","account":1,"secrets":[1]}')).toEqual({
      ...{ app: "shop", environment: "p", account: null, region: null, secrets: [] },
    })
  })
})
