import { describe, expect, test } from "vitest"
import { builtDigest, successPlay } from "../../fake/aws/deploy-world.ts"
import { deployment } from "../../fake/kubernetes/client.ts"
import { changes, deploy, endOf, oldImage, operations, type Stage, startStage } from "./stage.ts"

const names = ["web", "worker", "admin"]

async function threeWorkloads(): Promise<Stage> {
  const stage = await startStage({
    builds: [successPlay()],
    workloads: names.map((name) => `deployment/${name}`),
    settings: `    hooks:
      before:
        - name: migrate
          workload: deployment/web
          command: [migrate]
`,
  })
  await stage.cluster.deploy(...names.map((name) => deployment(name, { image: oldImage })))
  return stage
}

const beside = async (stage: Stage) => (await changes(stage)).filter((change) => !change.includes("leases"))

describe.concurrent("a policy that refuses one of three workloads", () => {
  test("is found in the check when it refuses any change, and nothing is begun", async () => {
    await using stage = await threeWorkloads()
    const deny = { image: "shop", message: "frozen until Monday" }
    await stage.cluster.setWebhooks({ name: "freeze", resources: ["deployments"], objects: ["admin"], deny })
    const run = await deploy(stage)
    expect([run.status, run.code, run.problems]).toEqual([2, "WORKLOAD_UNUSABLE", ["CHANGE_REFUSED"]])
    expect(run.stderr).toContain("frozen until Monday")
    expect(await operations(stage)).not.toContain("StartBuild")
    expect(await beside(stage)).toEqual([])
  })

  test("is found before the first change when it refuses the new image, and no hook has run", async () => {
    await using stage = await threeWorkloads()
    const deny = { image: builtDigest, message: "it is not signed" }
    await stage.cluster.setWebhooks({ name: "signed", resources: ["deployments"], objects: ["admin"], deny })
    const run = await deploy(stage)
    expect(run.status).toBe(8)
    expect(run.code).toBe("PATCH_REFUSED")
    expect(run.stderr).toContain("deployment/admin")
    expect(run.stderr).toContain("it is not signed")
    expect(endOf(run).standing).toBe("untouched")
    expect(await beside(stage)).toEqual([])
    for (const name of names) expect(await stage.cluster.podImages(name)).toEqual([oldImage])
  })
})
