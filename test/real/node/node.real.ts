import { setTimeout as sleep } from "node:timers/promises"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { Progress } from "../../../src/deploy/core/progress.ts"
import type { Deploy, Shop } from "../deploy/shop.ts"
import { onceSaid } from "../deploy/while-running.ts"
import { leftOnMachine } from "./machine.ts"
import { deniedMessage, lastLines, type NodePlay } from "./plays.ts"
import { type NodeStage, startNodeStage } from "./stage.ts"

const failed = { status: 8, code: "ROLLOUT_FAILED" }
const back = { type: "ended", standing: "back" }
const deployed = { type: "ended", ending: { type: "deployed" }, standing: "new" }
const absent = `sha256:${"0".repeat(63)}1`
const darkMs = 4_000
let stage: NodeStage
let old: string
/** Of the next releases, by what they do. */
let next: Readonly<Record<NodePlay, string>>

beforeAll(async () => {
  stage = await startNodeStage()
  old = await stage.publish("works")
  next = {
    works: await stage.publish("works", 1),
    denied: await stage.publish("denied"),
    hangs: await stage.publish("hangs"),
    flashes: await stage.publish("flashes"),
  }
  await stage.announce(absent)
})

afterAll(async () => {
  await stage?.[Symbol.asyncDispose]()
  expect(leftOnMachine(stage.folder)).toEqual([])
})

/** Why the run went back. */
function doomOf({ progress }: Deploy): Extract<Progress, { type: "doomed" }> {
  const found = progress.find(({ type }) => type === "doomed")
  if (found?.type !== "doomed") throw new Error("it was not doomed")
  return found
}

async function expectEverywhere(shop: Shop, image: string): Promise<void> {
  expect(await shop.images()).toEqual(shop.workloads.map(() => image))
  expect(await shop.rolloutStatus()).toEqual(
    shop.workloads.map(() => expect.stringContaining("successfully")),
  )
  expect(Object.keys(await shop.podImages())).toEqual([image])
}

describe("on a real node", { concurrent: true }, () => {
  test("a worker without a probe whose open is denied is never green, and the old one is back", async () => {
    const shop = await stage.open("denied", old, { worker: { probed: false } })
    const run = await shop.deployImage(next.denied)
    expect(run).toMatchObject(failed)
    expect(run.progress.at(-1)).toMatchObject(back)
    expect(doomOf(run).trouble).toMatchObject({ exitCode: 5, message: deniedMessage })
    await expectEverywhere(shop, old)
  })

  test("nor is one that runs for longer than a rollout settles while KMS does not answer", async () => {
    const shop = await stage.open("hangs", old, { worker: { probed: false } })
    const run = await shop.deployImage(next.hangs)
    expect(run).toMatchObject(failed)
    expect(run.progress.at(-1)).toMatchObject(back)
    expect(doomOf(run).trouble).toMatchObject({ exitCode: 7 })
    await expectEverywhere(shop, old)
  })

  test("an image that the registry does not have is told by that, though it stands at the end", async () => {
    const shop = await stage.open("pull", old, { web: { probed: true } })
    const image = old.replace(/sha256:.*/, absent)
    const run = await shop.deployImage(image)
    expect(run).toMatchObject(failed)
    const { trouble, clues } = doomOf(run)
    expect(trouble?.reason).toMatch(/^(ErrImagePull|ImagePullBackOff)$/)
    expect(run.stderr).toMatch(/not found/)
    expect(JSON.stringify(clues)).toContain("not found")
    await expectEverywhere(shop, old)
  })

  test("a container that is ready for a moment and ends is doomed by its third end, and told by its last line", async () => {
    const shop = await stage.open("flashes", old, { web: { probed: true } }, "10s")
    const run = await shop.deployImage(next.flashes)
    expect(run).toMatchObject(failed)
    const { trouble, failure } = doomOf(run)
    expect(trouble).toMatchObject({ exitCode: 1, message: lastLines.join("\n") })
    // Its fourth end would be 30 s later: the kubelet waits for 0, 10, 20 and 40 s.
    expect(trouble?.restarts).toBeLessThanOrEqual(2)
    expect(failure.message).toContain(lastLines.at(-1))
    expect(failure.message).not.toContain(lastLines[0])
    await expectEverywhere(shop, old)
  })
})

test("Deploys end as they should though their only node is killed in the middle, and comes back.", async () => {
  const [settling, starting, failing] = await Promise.all([
    stage.open("settling", old, { web: { probed: true } }, "30s"),
    stage.open("starting", old, { web: { probed: true }, worker: { probed: false } }),
    stage.open("failing", old, { web: { probed: true } }),
  ])
  const ready = onceSaid('"updated":1,"ready":1,"old":0')
  const patched = [onceSaid('"type":"patched"'), onceSaid('"type":"patched"')]
  const first = settling.deployImage(next.works, [], { watch: ready.watch })
  await ready.said
  const others = [
    starting.deployImage(next.works, [], patched[0]),
    failing.deployImage(next.denied, [], patched[1]),
  ]
  await Promise.all(patched.map(({ said }) => said))
  await stage.node.kill()
  await sleep(darkMs)
  await stage.node.start()
  const [one, other, third] = await Promise.all([first, ...others])
  expect([one?.status, other?.status]).toEqual([0, 0])
  expect(one?.progress.at(-1)).toMatchObject(deployed)
  expect(other?.progress.at(-1)).toMatchObject(deployed)
  expect(third).toMatchObject(failed)
  expect(third?.progress.at(-1)).toMatchObject(back)
  await expectEverywhere(settling, next.works)
  await expectEverywhere(starting, next.works)
  await expectEverywhere(failing, old)
})
