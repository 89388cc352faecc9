import { describe, expect, test } from "vitest"
import { successPlay } from "../../fake/aws/deploy-world.ts"
import { deployment } from "../../fake/kubernetes/client.ts"
import { deploy, newImage, oldImage, operations, type Stage, startStage } from "./stage.ts"

async function eksStage(name: string): Promise<Stage> {
  const stage = await startStage({ builds: [successPlay()], cluster: [`eks: ${name}`] })
  await stage.cluster.deploy(deployment("web", { image: oldImage }))
  const { KUBECONFIG: _, ...env } = stage.env
  return { ...stage, env }
}

describe("envseal deploy to an EKS cluster", () => {
  test("needs no kubeconfig", async () => {
    await using stage = await eksStage("shop")
    const run = await deploy(stage)
    expect(run.stderr).toBe("")
    expect(run.status).toBe(0)
    expect(await stage.cluster.podImages("web")).toEqual([newImage])
    expect(await operations(stage)).toContain("DescribeCluster")
    const users = (await stage.cluster.requests()).map(({ user }) => user ?? "")
    expect(users.every((user) => user.includes("deployer"))).toBe(true)
  })

  test("begins nothing when one may not see that cluster", async () => {
    await using stage = await eksStage("other")
    const run = await deploy(stage)
    expect([run.status, run.code]).toEqual([5, "ACCESS_DENIED"])
    expect(await operations(stage)).not.toContain("StartBuild")
    expect(await stage.cluster.requests()).toEqual([])
  })
})
