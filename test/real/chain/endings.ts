import { beforeAll, expect, test } from "vitest"
import { until } from "../docker/process.ts"
import { drill, wholeRound } from "./drill.ts"
import type { Chain } from "./stage.ts"
import { podsIn } from "./visitor.ts"
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
    const drain = async (selector: string) => {
      const drained = kubectl([
        ...["drain", "node-1", "--pod-selector", selector, "--delete-emptydir-data", "--force"],
      ])
      const isAsked = async () =>
        (await podsIn(chain(), selector)).every(({ metadata }) => metadata.deletionTimestamp !== undefined)
      // Other tests need room for their pods.
      await until("every pod to be asked to end", isAsked)
      await kubectl(["uncordon", "node-1"])
      await drained
    }
    expect(await drill(chain(), { round: 2, manifests, end: drain })).toEqual(wholeRound(2))
  })
}
