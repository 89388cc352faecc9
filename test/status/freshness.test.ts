import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { type Freshness, sealedSecret } from "../../src/deploy/core/sealed-secret.ts"

const secretsAt = (...versions: readonly (string | null)[]) =>
  versions.map((version, index) => ({ secret: `shop/${index}`, version }))

const cases: readonly {
  readonly when: string
  readonly recorded: string | undefined
  readonly now: readonly (string | null)[]
  readonly state: Freshness
}[] = [
  { when: "the version is the same", recorded: "a", now: ["a"], state: "current" },
  { when: "the secret has another version", recorded: "a", now: ["b"], state: "stale" },
  { when: "no version was recorded", recorded: undefined, now: ["a"], state: "unknown" },
  { when: "an empty version was recorded", recorded: "", now: ["a"], state: "unknown" },
  { when: "the version could not be asked", recorded: "a", now: [null], state: "unknown" },
  { when: "each of two secrets is the same", recorded: "a,b", now: ["a", "b"], state: "current" },
  { when: "the second of two is another one", recorded: "a,b", now: ["a", "c"], state: "stale" },
  { when: "their order is another one", recorded: "a,b", now: ["b", "a"], state: "stale" },
  { when: "one is another one and one not known", recorded: "a,b", now: [null, "c"], state: "stale" },
  { when: "one is the same and one not known", recorded: "a,b", now: ["a", null], state: "unknown" },
  { when: "there are more secrets now", recorded: "a", now: ["a", "b"], state: "unknown" },
  { when: "the settings name no secret", recorded: "a", now: [], state: "unknown" },
]

describe("a sealed secret", () => {
  test.each(cases)("is $state when $when", ({ recorded, now, state }) => {
    expect(sealedSecret(recorded, secretsAt(...now)).state).toBe(state)
  })

  test("is current exactly when all versions are those that would be sealed now", () => {
    const version = fc.constantFrom("a", "b", "c")
    const versions = fc.array(version, { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(versions, versions, (sealed, now) => {
        const { state, versions: told } = sealedSecret(sealed.join(","), secretsAt(...now))
        expect(told).toEqual(sealed)
        expect(state === "current").toBe(sealed.join() === now.join())
      }),
    )
  })
})
