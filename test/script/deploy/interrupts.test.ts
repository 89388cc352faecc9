import type { ChildProcess } from "node:child_process"
import { setTimeout as sleep } from "node:timers/promises"
import { describe, expect, test } from "vitest"
import { successPlay } from "../../fake/aws/deploy-world.ts"
import { deployment } from "../../fake/kubernetes/client.ts"
import {
  beginDeploy,
  changes,
  endOf,
  lease,
  newImage,
  oldImage,
  operations,
  type Stage,
  startStage,
} from "./stage.ts"

async function interruptStage(speed: number) {
  const stage = await startStage({
    builds: [successPlay()],
    speed,
    setup: { plays: { [newImage]: { do: "never-ready" } } },
  })
  await stage.cluster.deploy(deployment("web", { image: oldImage }))
  return stage
}

/** Sends SIGINT once the run has asked for its build's state. */
async function interruptBuild(stage: Stage, child: ChildProcess): Promise<void> {
  for (let look = 0; look < 5_000 && child.exitCode === null; look++) {
    if ((await operations(stage)).includes("BatchGetBuilds")) break
    await sleep(100)
  }
  child.kill("SIGINT")
}

/** A build takes more than an hour. */
const slowly = 0.01
const quickly = 120

describe("envseal deploy", () => {
  test("ends with 130 after SIGINT while it builds, and leaves the build to itself", async () => {
    await using stage = await interruptStage(slowly)
    const going = beginDeploy(stage)
    const { build } = await going.told("build-started")
    going.child.kill("SIGINT")
    const run = await going.done
    expect(run.status).toBe(130)
    expect(endOf(run)).toMatchObject({ ending: { type: "interrupted", buildStopped: false } })
    expect(await stage.aws.builds()).toMatchObject([{ id: build, buildStatus: "IN_PROGRESS" }])
    expect((await changes(stage)).filter((change) => !change.includes("leases"))).toEqual([])
    expect(await stage.cluster.read("leases", lease)).toBeNull()
  })

  test("tells a person after SIGINT how to go on", async () => {
    await using stage = await interruptStage(slowly)
    const run = await stage.box.envseal(["deploy", "production"], {
      env: stage.env,
      watch: (child) => void interruptBuild(stage, child),
    })
    expect(run.status).toBe(130)
    const [build] = await stage.aws.builds()
    expect(run.stdout + run.stderr).toContain(`--resume ${build?.id}`)
  })

  test("stops the build after a second SIGINT", async () => {
    await using stage = await interruptStage(slowly)
    const going = beginDeploy(stage)
    await going.told("build-started")
    going.child.kill("SIGINT")
    await going.told("stopping-soon")
    going.child.kill("SIGINT")
    const run = await going.done
    expect(run.status).toBe(130)
    expect(endOf(run)).toMatchObject({ ending: { type: "interrupted", buildStopped: true } })
    expect(await operations(stage)).toContain("StopBuild")
    expect(await stage.aws.builds()).toMatchObject([{ buildStatus: "STOPPED" }])
  })

  test("ends with 143 after SIGTERM while pods start, and takes nothing back", async () => {
    await using stage = await interruptStage(quickly)
    const going = beginDeploy(stage)
    await going.told("rollout")
    going.child.kill("SIGTERM")
    const run = await going.done
    expect(run.status).toBe(143)
    expect(endOf(run).standing).toBe("unproven")
    expect(JSON.stringify(await stage.cluster.read("deployments", "web"))).toContain(newImage)
    expect(await stage.cluster.read("leases", lease)).toBeNull()
  })
})
