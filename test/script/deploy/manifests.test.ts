import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { successPlay } from "../../fake/aws/deploy-world.ts"
import { deployment } from "../../fake/kubernetes/client.ts"
import { changes, deploy, newImage, operations, repository, type Stage, startStage } from "./stage.ts"

const example = join(import.meta.dirname, "../../../docker/kubernetes/worker.yaml")
const otherImage = `${repository}@sha256:${"c".repeat(64)}`

/** The worker of docker/, under the names of the stage. */
function write({ box }: Stage): string {
  const text = readFileSync(example, "utf8")
    .replace("name: shop-worker", "name: web")
    .replace("shop-production", "shop")
  mkdirSync(box.path("kubernetes/production"), { recursive: true })
  writeFileSync(box.path("kubernetes/production/web.yaml"), text)
  return text
}

const manifests = ({ box, env }: Stage, ...args: readonly string[]) =>
  box.envseal(["manifests", "production", ...args], { env })

describe.concurrent("envseal manifests", () => {
  test("prints the manifests with what runs, changes nothing, and asks AWS nothing", async () => {
    await using stage = await startStage({ builds: [{}] })
    const text = write(stage)
    await stage.cluster.deploy(deployment("web", { image: newImage }))
    await stage.cluster.clearRequests()
    const run = await manifests(stage)
    expect(run.status, run.stderr).toBe(0)
    expect(run.stdout).toBe(
      `# kubernetes/production/web.yaml\n${text.replace("- name: app", `- image: ${newImage}\n          name: app`)}`,
    )
    expect(run.stderr).toBe("envseal: deployment/web, app: sha256:bbbbbbbbbbbb, because it runs\n")
    expect(await changes(stage)).toEqual([])
    expect(await operations(stage)).toEqual([])
  })

  test("where nothing runs, takes the newest image of the environment's builds", async () => {
    const build = successPlay(undefined, ["build-{build}"])
    await using stage = await startStage({ builds: [build] })
    write(stage)
    await stage.cluster.deploy(deployment("web", { image: otherImage }))
    expect((await deploy(stage)).status).toBe(0)
    await stage.cluster.delete("deployments", "web")
    const run = await manifests(stage)
    expect(run.status, run.stderr).toBe(0)
    expect(run.stdout).toContain(`image: ${newImage}\n`)
    expect(run.stderr).toContain("because it is the newest")
  })

  test("where nothing runs and no image is known, prints nothing and says what to do", async () => {
    await using stage = await startStage({ builds: [{}] })
    write(stage)
    const run = await manifests(stage)
    expect([run.status, run.stdout]).toEqual([8, ""])
    expect(run.stderr).toContain("[IMAGE_UNUSABLE]")
    expect(run.stderr).toContain("--image REPOSITORY@sha256:…")
  })

  test("takes what is handed over, from wherever it is called", async () => {
    await using stage = await startStage({ builds: [{}] })
    const stdin = write(stage)
    await stage.cluster.deploy(deployment("web", { image: newImage }))
    const { box, env } = stage
    const run = await box.envseal(["manifests", "production", "-f", "-"], { env, stdin })
    expect(run.status, run.stderr).toBe(0)
    expect(run.stdout).toContain(`- image: ${newImage}\n          name: app\n`)
  })
})
