import { setTimeout as sleep } from "node:timers/promises"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { Progress } from "../../../src/deploy/core/progress.ts"
import type { Play } from "../../fake/aws/build-play.ts"
import { successPlay } from "../../fake/aws/deploy-world.ts"
import { roleArn, withRole, withSecret } from "../../fake/aws/world.ts"
import type { Deploy, Shop } from "../deploy/shop.ts"
import { onceSaid } from "../deploy/while-running.ts"
import { usersOf } from "./machine.ts"
import { deniedMessage, lastLines, type NodePlay } from "./plays.ts"
import { type NodeStage, startNodeStage } from "./stage.ts"

const failed = { status: 8, code: "ROLLOUT_FAILED" }
const back = { type: "ended", standing: "back" }
const deployed = { type: "ended", ending: { type: "deployed" }, standing: "new" }
const absent = `sha256:${"0".repeat(63)}1`
/** Of the secret of the default world. */
const dotenv = `APP_KEY=base64:abc=\nDB_PASSWORD="it's \\$5"\n`
const rotated = {
  ...{ id: "00000000-0000-4000-8000-000000000003", stages: ["AWSCURRENT"] },
  string: '{"APP_KEY":"base64:new=","DB_PASSWORD":"rotated"}',
}
const darkMs = 4_000
let stage: NodeStage
let old: string
/** Of the next releases, by what they do. */
let next: Readonly<Record<NodePlay, string>>
/** Two releases whose app is opened by envseal. */
let sealed: { readonly old: string; readonly next: string }

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
  sealed = { old: await stage.publishSealed(), next: await stage.publishSealed() }
  for (const [role, namespace] of [
    ["opener", "open"],
    ["locked", "locked"],
    ["resealed", "resealed"],
  ] as const)
    await stage.grant(role, namespace)
})

afterAll(async () => {
  await stage?.[Symbol.asyncDispose]()
  expect(stage.node.left).toEqual([])
  expect(usersOf(stage.folder)).toEqual([])
})

/** A build that pushed an image, and says of which commit. */
function playOf(image: string): Play {
  const { image: _, ...play } = successPlay()
  return { ...play, exported: { ENVSEAL_IMAGE: image, ENVSEAL_COMMIT: "a".repeat(40) } }
}

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

describe("the real open on a real node", { concurrent: true }, () => {
  test("gets its values by the tokens of its pod, from STS and from the agent, and the deploy is green", async () => {
    const shop = await stage.open("open", sealed.old, {
      web: { probed: true, opens: { via: "web-identity", role: "opener" } },
      worker: { probed: true, opens: { via: "pod-identity", role: "opener" } },
    })
    await stage.aws.clearRequests()
    const run = await shop.deployImage(sealed.next)
    expect(run.status, run.stderr).toBe(0)
    expect(run.progress.at(-1)).toMatchObject(deployed)
    await expectEverywhere(shop, sealed.next)
    for (const workload of shop.workloads)
      expect(await shop.kubectl("exec", workload, "--", "cat", "/app/.env")).toBe(dotenv)
    const asked = (await stage.aws.requests()).filter(({ principal }) => principal === roleArn("opener"))
    expect(asked.map(({ operation, outcome }) => `${operation} ${outcome}`).sort()).toEqual([
      ...["AssumeRoleWithWebIdentity ok", "Decrypt ok", "Decrypt ok", "GetCredentials ok"],
    ])
  })

  test("whose role may not decrypt any more is told by its own message, and the old pods stay", async () => {
    const opens = { via: "web-identity", role: "locked" } as const
    const shop = await stage.open("locked", sealed.old, { web: { probed: true, opens } })
    await stage.aws.setWorld(withRole(await stage.aws.world(), "locked", { policies: [] }))
    const run = await shop.deployImage(sealed.next)
    expect(run).toMatchObject(failed)
    expect(run.progress.at(-1)).toMatchObject(back)
    const { trouble, failure } = doomOf(run)
    expect(trouble).toMatchObject({ exitCode: 5, message: expect.stringContaining("ACCESS_DENIED") })
    expect(failure.message).toContain("ACCESS_DENIED")
    expect(run.stderr).toContain("locked")
    await expectEverywhere(shop, sealed.old)
  })
})

test("What a deploy reseals is pulled and run with the code's own layers, and rollback reads the old values.", async () => {
  const opens = { via: "web-identity", role: "resealed" } as const
  const shop = await stage.open("resealed", sealed.old, { web: { probed: true, opens } })
  const read = () => shop.kubectl("exec", "deployment/web", "--", "cat", "/app/.env")
  const built = await shop.deployPlay(playOf(sealed.next))
  expect(built.status, built.stderr).toBe(0)
  expect(await read()).toBe(dotenv)

  await stage.aws.setWorld(withSecret(await stage.aws.world(), "shop/production", { versions: [rotated] }))
  const resealed = sealed.next.replace(/sha256:.*/, await stage.reseal(sealed.next, "resealed"))
  const run = await shop.deployPlay(playOf(resealed), ["--reseal"])
  expect(run.status, run.stderr).toBe(0)
  expect(run.progress.at(-1)).toMatchObject(deployed)
  await expectEverywhere(shop, resealed)
  expect(await read()).toBe("APP_KEY=base64:new=\nDB_PASSWORD=rotated\n")
  const [before, after] = [await stage.manifest(sealed.next), await stage.manifest(resealed)]
  expect(after.layers.slice(0, -1)).toEqual(before.layers.slice(0, -1))
  expect(after.layers.at(-1)?.digest).not.toBe(before.layers.at(-1)?.digest)

  const undone = await shop.envseal(["rollback", "production", "--yes"])
  expect(undone.status, undone.stderr).toBe(0)
  await expectEverywhere(shop, sealed.next)
  expect(await read()).toBe(dotenv)
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
