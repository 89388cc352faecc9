import { describe, expect, test } from "vitest"
import { successPlay } from "../../fake/aws/deploy-world.ts"
import { deployment, type Play } from "../../fake/kubernetes/client.ts"
import { beginDeploy, changes, deploy, endOf, newImage, oldImage, type Stage, startStage } from "./stage.ts"

const command = ["php", "artisan", "migrate", "--force"]
const log = ["Running migrations.", "2026_01_02_create_orders ... DONE"]

/** A deploy with the hook `migrate`, whose Job does what the play says. The clock of the fake is fast. */
async function hookStage(when: "before" | "after", play: Play, timeout = "24h"): Promise<Stage> {
  const stage = await startStage({
    builds: [successPlay()],
    setup: { plays: { [newImage]: play } },
    settings: `    hooks:
      ${when}:
        - name: migrate
          workload: deployment/web
          command: [${command.join(", ")}]
          timeout: ${timeout}
`,
  })
  await stage.cluster.deploy(deployment("web", { image: oldImage, replicas: 2 }))
  return stage
}

async function expectUntouched(stage: Stage, run: Awaited<ReturnType<typeof deploy>>): Promise<void> {
  expect([run.status, run.code]).toEqual([8, "HOOK_FAILED"])
  expect(endOf(run).standing).toBe("untouched")
  expect((await changes(stage)).filter((change) => change.startsWith("patch"))).toEqual([])
  expect(await stage.cluster.podImages("web")).toEqual([oldImage, oldImage])
}

describe.concurrent("envseal deploy runs a hook before the workloads change", () => {
  test("as a Job with the new image, tells its log, and then changes them", async () => {
    await using stage = await hookStage("before", { do: "ready", log })
    const run = await deploy(stage)
    expect(run.stderr).toBe("")
    expect([run.status, endOf(run).standing]).toEqual([0, "new"])
    const told = run.progress.map(({ type }) => type)
    expect(told.indexOf("hook-ended")).toBeLessThan(told.indexOf("patched"))
    const lines = run.progress.filter((one) => Object.entries(one).some(([, value]) => value === "hook"))
    expect(lines).toEqual(log.map((text) => expect.objectContaining({ type: "log", from: "hook", text })))
    const [job, ...others] = await stage.cluster.list("jobs")
    expect(others).toEqual([])
    expect(job?.spec.template.spec.containers).toMatchObject([{ image: newImage, args: command }])
    expect(await stage.cluster.podImages("web")).toEqual([newImage, newImage])
  })

  test("and changes none when it fails, with its log and its last words", async () => {
    const message = "SQLSTATE[42S01]: table orders exists"
    await using stage = await hookStage("before", { do: "job-fail", exitCode: 3, log, message })
    const run = await deploy(stage)
    await expectUntouched(stage, run)
    expect(run.stderr).toContain(`the hook migrate failed with exit status 3: ${message}`)
    expect(run.stdout).toContain(log[1])
  })

  test("and changes none when its pod does not start", async () => {
    await using stage = await hookStage("before", { do: "config-missing" })
    const run = await deploy(stage)
    await expectUntouched(stage, run)
    expect(run.stderr).toContain("the hook migrate does not start: CreateContainerConfigError")
  })

  test("and changes none when it does not end in its time", async () => {
    await using stage = await hookStage("before", { do: "ready", startMs: 3_600_000 }, "30s")
    const run = await deploy(stage)
    await expectUntouched(stage, run)
    expect(run.stderr).toContain("the hook migrate did not end within 30 s")
  })

  test("and changes none after SIGTERM while it runs", async () => {
    await using stage = await hookStage("before", { do: "ready", startMs: 3_600_000 })
    const going = beginDeploy(stage)
    await going.told("hook-started")
    going.child.kill("SIGTERM")
    const run = await going.done
    expect(run.status).toBe(143)
    expect(endOf(run).standing).toBe("untouched")
    expect(await stage.cluster.podImages("web")).toEqual([oldImage, oldImage])
  })
})

describe.concurrent("envseal deploy runs a hook after the workloads have the new image", () => {
  test("and is done when it succeeds", async () => {
    await using stage = await hookStage("after", { do: "ready", log })
    const run = await deploy(stage)
    expect([run.status, endOf(run).standing]).toEqual([0, "new"])
    const told = run.progress.map(({ type }) => type)
    expect(told.indexOf("hook-started")).toBeGreaterThan(told.indexOf("patched"))
    expect(run.stdout).toContain(log[1])
  })

  test("and goes back when it fails", async () => {
    await using stage = await hookStage("after", { do: "job-fail", exitCode: 3 })
    const run = await deploy(stage)
    expect([run.status, run.code]).toEqual([8, "HOOK_FAILED"])
    expect(run.stderr).toContain("the hook migrate failed with exit status 3")
    expect(endOf(run).standing).toBe("back")
    expect(await stage.cluster.podImages("web")).toEqual([oldImage, oldImage])
  })
})
