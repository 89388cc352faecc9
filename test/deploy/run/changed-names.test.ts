import { describe, expect, test } from "vitest"
import { EnvsealError, type ErrorCode } from "../../../src/core/error.ts"
import { encodeUtf8 } from "../../../src/core/text.ts"
import { changedNames } from "../../../src/deploy/run/changed-names.ts"
import type { SecretReference } from "../../../src/ports/secrets.ts"

const one = "00000000-0000-4000-8000-000000000001"
const two = "00000000-0000-4000-8000-000000000002"
const secrets = [{ secret: "shop/production", version: two }]
const sealed = { versions: [one] }

/** A store with these versions, or one that refuses, and what was asked of it and said. */
class Shelf {
  readonly asked: SecretReference[] = []
  readonly said: string[] = []
  readonly log = { warn: (text: string) => this.said.push(text) }
  readonly secretReader = {
    read: async (reference: SecretReference) => {
      this.asked.push(reference)
      if (this.#refusal !== null) throw new EnvsealError(this.#refusal, "the store says no")
      const { version } = reference
      const versionId = version !== null && "versionId" in version ? version.versionId : ""
      return { arn: "arn", versionId, bytes: encodeUtf8(this.#texts[versionId] ?? "") }
    },
  }
  readonly #texts: Readonly<Record<string, string>>
  readonly #refusal: ErrorCode | null

  constructor(texts: Readonly<Record<string, string>>, refusal: ErrorCode | null = null) {
    this.#texts = texts
    this.#refusal = refusal
  }
}

describe("the names that changed since they were sealed", () => {
  test("are told by how they changed, and never with a value", async () => {
    const shelf = new Shelf({
      [one]: '{"KEPT":"hunter1","OLD":"hunter2","PORT":1,"NEST":{"a":1}}',
      [two]: '{"KEPT":"hunter1","NEW":"hunter3","PORT":1.0,"NEST":{"a":2}}',
    })
    const told = await changedNames(secrets, sealed, shelf)
    expect(told).toEqual({
      changed: [
        {
          secret: "shop/production",
          names: [
            { name: "NEST", change: "changed" },
            { name: "NEW", change: "added" },
            { name: "OLD", change: "removed" },
            { name: "PORT", change: "changed" },
          ],
        },
      ],
      failures: [],
    })
    expect(JSON.stringify(told)).not.toContain("hunter")
    expect(shelf.said).toEqual([])
  })

  test("are read by the versions' own ids, without the stage that the settings name", async () => {
    const shelf = new Shelf({ [one]: '{"A":"1"}', [two]: '{"A":"1"}' })
    const staged = [{ secret: "shop/production#AWSPENDING", version: two }]
    const { changed } = await changedNames(staged, sealed, shelf)
    expect(changed).toEqual([{ secret: "shop/production#AWSPENDING", names: [] }])
    expect(shelf.asked).toEqual([
      { id: "shop/production", version: { versionId: one } },
      { id: "shop/production", version: { versionId: two } },
    ])
  })

  test.each<[string, typeof secrets | { secret: string; version: null }[], readonly string[]]>([
    ["is sealed as it is", secrets, [two]],
    ["could not be asked for its version", [{ secret: "shop/production", version: null }], [one]],
    ["has no version that is known to be sealed", secrets, []],
  ])("are not looked at where a secret %s", async (_, all, versions) => {
    const shelf = new Shelf({})
    expect(await changedNames(all, { versions }, shelf)).toEqual({ changed: [], failures: [] })
    expect(shelf.asked).toEqual([])
  })

  test.each<ErrorCode>(["ACCESS_DENIED", "KEY_UNUSABLE", "SOURCE_MISSING"])(
    "are left out with a warning where reading fails with %s",
    async (code) => {
      const shelf = new Shelf({}, code)
      expect(await changedNames(secrets, sealed, shelf)).toEqual({
        changed: [{ secret: "shop/production", names: null }],
        failures: [],
      })
      expect(shelf.said).toEqual(["which names of shop/production changed is not told: the store says no"])
    },
  )

  test("are a failure where AWS does not answer", async () => {
    const shelf = new Shelf({}, "REMOTE_FAILED")
    const { changed, failures } = await changedNames(secrets, sealed, shelf)
    expect(changed).toEqual([{ secret: "shop/production", names: null }])
    expect(failures).toMatchObject([{ code: "REMOTE_FAILED" }])
    expect(shelf.said).toEqual([])
  })
})
