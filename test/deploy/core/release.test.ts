import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { shortImage } from "../../../src/core/workload.ts"
import {
  popRelease,
  previousRelease,
  pushRelease,
  type Release,
  readReleases,
  releasesAnnotation,
  writeReleases,
} from "../../../src/deploy/core/release.ts"
import { runs } from "../../dotenv/values.ts"
import { newImage, oldImage } from "./scene.ts"

function read(text: string): readonly Release[] {
  return readReleases({ [releasesAnnotation]: text })
}

function of(image: string): Release {
  return { images: { app: image } }
}

const release: fc.Arbitrary<Release> = fc.record(
  {
    images: fc.dictionary(fc.string({ minLength: 1 }), fc.string(), { minKeys: 1, maxKeys: 3 }),
    build: fc.string(),
    commit: fc.string(),
    secretVersion: fc.string(),
    sealedAt: fc.string(),
    at: fc.string(),
    by: fc.string(),
  },
  { requiredKeys: ["images"] },
)

describe("the releases of a workload", () => {
  test("are none where there is no annotation", () => {
    expect(readReleases(undefined)).toEqual([])
    expect(readReleases({})).toEqual([])
  })

  test("can be read whatever anybody wrote there", () => {
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      fc.array(fc.jsonValue()).map((list) => JSON.stringify(list)),
    )
    fc.assert(
      fc.property(text, (one) => {
        for (const { images } of read(one)) {
          expect(Object.keys(images).length).toBeGreaterThan(0)
          for (const image of Object.values(images)) expect(typeof image).toBe("string")
        }
      }),
      runs(300),
    )
  })

  test("are read as they were written, the newest ten of them", () => {
    fc.assert(
      fc.property(fc.array(release, { maxLength: 14 }), (all) => {
        // As text: a matcher does not see a member called `__proto__` as others.
        expect(JSON.stringify(read(writeReleases(all)))).toBe(JSON.stringify(all.slice(0, 10)))
      }),
      runs(200),
    )
  })

  test.each([9, 10, 11, 30])("are kept as long as they are no more than ten, with %i of them", (length) => {
    const all = Array.from({ length }, (_, index) => of(`image-${index}`))
    expect(read(writeReleases(all)).map(({ images }) => images["app"])).toEqual(
      all.slice(0, 10).map(({ images }) => images["app"]),
    )
  })

  test("leave out what is not of their form", () => {
    expect(
      read('[null, 1, {}, {"images": {}}, {"images": {"app": 1}}, {"images": {"app": "a"}, "by": 2}]'),
    ).toEqual([of("a")])
  })

  test("are no more than are ever written, of no more containers than a pod has", () => {
    const images = Object.fromEntries(Array.from({ length: 101 }, (_, at) => [`c${at}`, "a"]))
    const { c0: _, ...fewer } = images
    const many = [{ images }, ...Array.from({ length: 5_000 }, () => ({ images: fewer }))]
    expect(read(JSON.stringify(many))).toEqual(Array.from({ length: 10 }, () => ({ images: fewer })))
  })

  const image = fc.constantFrom("a", "b", "c", "d")
  const history = fc.array(image.map(of), { maxLength: 4 })

  test("are the same again once a release is taken back", () => {
    fc.assert(
      fc.property(history, image, image, (before, live, next) => {
        fc.pre(live !== next)
        const pushed = pushRelease(before, { app: live }, of(next))
        expect(pushed[0]).toEqual(of(next))
        expect(previousRelease(pushed, { app: next })).toEqual(of(live))
        const known = before[0]?.images["app"] === live ? before : [of(live), ...before]
        expect(popRelease(pushed, { app: next }, { app: live })).toEqual(known)
      }),
      runs(200),
    )
  })

  test("keep what is known of one that runs again in the place of what somebody else gave", () => {
    const known = [{ ...of("b"), build: "shop:2", proven: true }, of("a")]
    expect(popRelease(known, { app: "by hand" }, { app: "b" })).toEqual(known)
  })

  test("name the newest once when it is deployed again", () => {
    const again = { ...of("b"), build: "shop:2" }
    expect(pushRelease([of("b"), of("a")], { app: "b" }, again)).toEqual([again, of("a")])
  })

  test("know none before the one that runs when there is no record", () => {
    expect(previousRelease([], { app: "a" })).toBeNull()
    expect(previousRelease([of("a")], { app: "a" })).toBeNull()
    expect(previousRelease([of("a")], { app: "by hand" })).toEqual(of("a"))
  })

  test("are short for people", () => {
    expect(shortImage(newImage)).toBe("sha256:111111111111")
    expect(shortImage("localhost:5000/shop:build-7")).toBe("build-7")
    expect(shortImage("shop")).toBe("shop")
    expect(shortImage(oldImage)).not.toContain("/")
  })
})
