import { beforeAll, expect, test } from "vitest"
import { drill, wholeRound } from "./drill.ts"
import type { Chain } from "./stage.ts"
import { namespace } from "./world.ts"

/** How pods end: 20 of them in all, web's and workers', each while it answers or does a job. */
export function endingTests(chain: () => Chain): void {
  let manifests = ""

  // Later, they may have an image in them that is deployed in vain.
  beforeAll(async () => {
    manifests = (await chain().envseal(["manifests", "production"])).stdout
  })

  test("10 pods that are deleted, and 10 that a drain takes, cut off no request and no job, and end by themselves.", async () => {
    const { kubectl } = chain()
    const pods = ["pods", "--namespace", namespace, "--selector"]
    const remove = (selector: string) => kubectl(["delete", ...pods, selector])
    expect(await drill(chain(), { round: 1, manifests, end: remove })).toEqual(wholeRound(1))
    const drain = (selector: string) =>
      kubectl(["drain", "node-1", "--pod-selector", selector, "--delete-emptydir-data", "--force"])
    expect(await drill(chain(), { round: 2, manifests, end: drain })).toEqual(wholeRound(2))
    await kubectl(["uncordon", "node-1"])
  })
}
