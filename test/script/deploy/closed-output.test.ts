import { describe, expect, test } from "vitest"
import { failurePlay, successPlay } from "../../fake/aws/deploy-world.ts"
import { deployment } from "../../fake/kubernetes/client.ts"
import type { Run } from "../harness.ts"
import { lease, newImage, oldImage, type Stage, startStage } from "./stage.ts"

/** Runs a deploy whose reader goes after the first thing that it reads. */
function deployUnread({ box, env }: Stage, stream: "stdout" | "stderr", ...args: string[]): Promise<Run> {
  const watch = (child: { stdout: unknown; stderr: unknown }) => {
    const output = child[stream] as NodeJS.ReadableStream & { destroy(): void }
    output.once("data", () => output.destroy())
  }
  return box.envseal(["deploy", "production", "--poll", "300ms", ...args], { env, watch })
}

async function expectLeaseGone({ cluster }: Stage): Promise<void> {
  expect((await cluster.list("leases")).map(({ metadata }) => metadata.name)).not.toContain(lease)
}

describe("envseal deploy whose reader goes", () => {
  test.each([
    ["standard output with --json", "stdout", ["--json"]],
    ["standard error", "stderr", []],
  ] as const)("in the middle of %s goes on in silence to its end", async (_, stream, args) => {
    await using stage = await startStage({ builds: [successPlay()] })
    await stage.cluster.deploy(deployment("web", { image: oldImage }))
    const run = await deployUnread(stage, stream, ...args)
    expect([run.status, run.signal]).toEqual([0, null])
    expect(stream === "stdout" ? run.stderr : run.stdout).toBe("")
    expect(await stage.cluster.podImages("web")).toEqual([newImage])
    await expectLeaseGone(stage)
  })

  test("still ends with the failure of a build that fails", async () => {
    await using stage = await startStage({ builds: [failurePlay("BUILD")] })
    await stage.cluster.deploy(deployment("web", { image: oldImage }))
    const run = await deployUnread(stage, "stdout", "--json")
    expect(run.status).toBe(8)
    expect(JSON.parse(run.stderr)).toMatchObject({ error: { code: "BUILD_FAILED" } })
    await expectLeaseGone(stage)
  })

  test("through a pipe of the shell, as | head does, leaves nothing behind", async () => {
    await using stage = await startStage({ builds: [successPlay()] })
    await stage.cluster.deploy(deployment("web", { image: oldImage }))
    const { box, env } = stage
    const words = box.command(["deploy", "production", "--poll", "300ms", "--json"])
    const line = `${words.map((word) => `'${word}'`).join(" ")} | head -n 1`
    const run = await box.run("sh", ["-c", line], { env })
    expect(run).toMatchObject({ status: 0, stderr: "" })
    expect(JSON.parse(run.stdout)).toMatchObject({ type: "checked" })
    expect(await stage.cluster.podImages("web")).toEqual([newImage])
    await expectLeaseGone(stage)
  })
})
