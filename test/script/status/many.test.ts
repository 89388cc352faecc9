import { writeFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { deployment } from "../../fake/kubernetes/client.ts"
import { letReady } from "../deploy/rollout.ts"
import { newImage, oldImage, repository, type Stage } from "../deploy/stage.ts"
import {
  ask,
  changeSecret,
  documentsIn,
  firstVersion,
  follow,
  recorded,
  secretSetting,
  startStatusStage,
} from "./stage.ts"

/** A context that leads to a port on which nothing listens. */
const nowhere = `apiVersion: v1
kind: Config
contexts: [{ name: nowhere, context: { cluster: nowhere, user: nobody } }]
clusters: [{ name: nowhere, cluster: { server: "https://127.0.0.1:1" } }]
users: [{ name: nobody, user: { token: none } }]
`

/** A second environment, on a cluster that cannot be reached, and a third that nothing is deployed to. */
const others = `${secretSetting}  staging:
    account: "111122223333"
    region: eu-west-1
    secret: shop/production
    image:
      repository: ${repository}
    cluster:
      context: nowhere
      namespace: shop
    workloads:
      - deployment/web
  local:
    secret: shop/local
`

async function watchedStage(settings = secretSetting): Promise<Stage> {
  const stage = await startStatusStage({ settings })
  const annotations = recorded(oldImage)
  await stage.cluster.deploy(deployment("web", { image: oldImage, replicas: 2, annotations }))
  const path = stage.box.path("nowhere.yaml")
  writeFileSync(path, nowhere)
  const { KUBECONFIG = "", ...env } = stage.env
  return { ...stage, env: { ...env, KUBECONFIG: `${KUBECONFIG}:${path}` } }
}

describe.concurrent("envseal status of all environments", () => {
  test("tells of those that can be reached, and why another one cannot", async () => {
    await using stage = await watchedStage(others)
    const { status, stderr, document } = await ask(stage)
    expect(document.environments.map(({ environment, ok }) => [environment, ok])).toEqual([
      ["production", true],
      ["staging", null],
    ])
    expect(document.ok).toBeNull()
    expect(document.environments[1]).toMatchObject({
      workloads: [],
      secrets: [{ version: firstVersion }],
      failures: [{ code: "REMOTE_FAILED" }],
    })
    expect(status).toBe(7)
    expect(stderr).toContain("local is left out")
    expect(stderr).toContain('{"error":{"code":"REMOTE_FAILED"')
  })

  test("ends with 3 when one is stale, whatever befalls the other", async () => {
    await using stage = await watchedStage(others)
    await changeSecret(stage)
    const { status, document } = await ask(stage)
    expect([status, document.ok]).toEqual([3, false])
    const { stdout } = await stage.box.envseal(["status", "staging", "production"], { env: stage.env })
    const [first = "", second = ""] = stdout.split("\n\n")
    expect(first).toMatch(/^staging {2}shop on nowhere.*\n {2}not known: .*\[REMOTE_FAILED\]$/s)
    expect(second).toMatch(/^production .* stale .*stale: \S+ is sealed in all workloads/s)
  })
})

describe.concurrent("envseal status --watch", () => {
  test("tells a line for what is and one for each change, and ends with 130 after SIGINT", async () => {
    await using stage = await watchedStage()
    const following = follow(stage)
    await following.until((text) => text.includes("production deployment/web done 2/2"))
    await stage.cluster.play(newImage, "never-ready")
    await stage.cluster.setImage("deployments", "web", newImage)
    await following.until((text) => /deployment\/web rolling .*not set by envseal/.test(text))
    await letReady(stage)
    await following.until((text) => /deployment\/web done 2\/2; image b{12}/.test(text))
    following.child.kill("SIGINT")
    const { status, stdout, stderr } = await following.done
    expect([status, stderr]).toEqual([130, ""])
    const lines = stdout.trimEnd().split("\n")
    expect(lines.filter((line) => !/^\d\d:\d\d:\d\d production /.test(line))).toEqual([])
    expect(lines.filter((line, at) => line.slice(9) === lines[at - 1]?.slice(9))).toEqual([])
  })

  test("tells with --json the whole of it for each change, and ends with 143 after SIGTERM", async () => {
    await using stage = await watchedStage(others)
    const following = follow(stage, "--json")
    await following.until((text) => documentsIn(text).length > 0)
    await stage.cluster.scale("deployments", "web", 3)
    const isScaled = (text: string) =>
      documentsIn(text).at(-1)?.environments[0]?.workloads[0]?.rollout.counts.ready === 3
    await following.until(isScaled)
    following.child.kill("SIGTERM")
    const { status, stdout } = await following.done
    expect(status).toBe(143)
    const [first, ...rest] = documentsIn(stdout)
    expect(first?.environments.map(({ environment }) => environment)).toEqual(["production", "staging"])
    expect(first?.environments[0]?.workloads[0]?.rollout.counts.total).toBe(2)
    expect(rest.length).toBeGreaterThan(0)
  })

  test("goes on when the cluster is away for a while, and tells both", async () => {
    await using stage = await watchedStage()
    const following = follow(stage, "production")
    await following.until((text) => text.includes("done 2/2"))
    await stage.cluster.restart(() =>
      following.until((text) => /not known: the cluster .* cannot be seen/.test(text)),
    )
    await following.until((text) => text.includes("production all could be asked"))
    following.child.kill("SIGINT")
    expect((await following.done).status).toBe(130)
  })
})
