import { describe, expect, test } from "vitest"
import { failurePlay, successPlay } from "../../fake/aws/deploy-world.ts"
import { deployment } from "../../fake/kubernetes/client.ts"
import { newImage, oldImage, startStage } from "./stage.ts"

const quick = ["--poll", "500ms"]

describe("envseal deploy", () => {
  test("builds, patches and watches until every pod has the built digest", async () => {
    await using stage = await startStage({ builds: [successPlay()] })
    await stage.cluster.deploy(deployment("web", { image: oldImage, replicas: 3 }))
    const run = await stage.box.envseal(["deploy", "production", "--json", ...quick], { env: stage.env })
    expect(run.stderr).toBe("")
    expect(run.status).toBe(0)
    const progress = run.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line))
    expect(progress.at(-1)).toMatchObject({ type: "ended", ending: { type: "deployed" }, standing: "new" })
    expect(await stage.cluster.podImages("web")).toEqual([newImage, newImage, newImage])
    const operations = (await stage.aws.requests()).map(({ operation }) => operation)
    expect(operations).not.toContain("GetSecretValue")
    expect(operations).not.toContain("Decrypt")
    const requests = await stage.cluster.requests()
    expect(requests.filter(({ resource }) => resource === "secrets" || resource === "configmaps")).toEqual([])
    // A change holds only where the workload is as it was seen, so it is read once.
    const ofWorkload = requests.filter(({ resource, name }) => resource === "deployments" && name === "web")
    expect(ofWorkload.map(({ verb, query }) => `${verb} ${query["dryRun"] ?? ""}`)).toEqual([
      ...["get ", "patch All", "patch All", "patch ", "patch "],
    ])
  })

  test("that fails in BUILD ends with 8, tells the phase, and changes nothing", async () => {
    await using stage = await startStage({ builds: [failurePlay("BUILD", "docker build: exit status 1")] })
    await stage.cluster.deploy(deployment("web", { image: oldImage, replicas: 3 }))
    const run = await stage.box.envseal(["deploy", "production", ...quick], { env: stage.env })
    expect(run.status).toBe(8)
    expect(run.stderr).toMatch(/failed in BUILD: .*docker build: exit status 1 \[BUILD_FAILED\]/)
    expect(await stage.cluster.podImages("web")).toEqual([oldImage, oldImage, oldImage])
  })

  test("whose pods crash goes back to what ran, and says why", async () => {
    const message = "envseal: ACCESS_DENIED: KMS refused kms:Decrypt"
    const setup = {
      plays: { [newImage]: { do: "crash-loop", exitCode: 5, message, log: ["booting"] } },
    } as const
    await using stage = await startStage({ builds: [successPlay()], setup })
    await stage.cluster.deploy(deployment("web", { image: oldImage, replicas: 3 }))
    const run = await stage.box.envseal(["deploy", "production", ...quick], { env: stage.env })
    expect(run.status).toBe(8)
    expect(run.stderr).toContain("KMS refused kms:Decrypt")
    expect(run.stderr).toContain("[ROLLOUT_FAILED]")
    expect(await stage.cluster.podImages("web")).toEqual([oldImage, oldImage, oldImage])
  })
})
