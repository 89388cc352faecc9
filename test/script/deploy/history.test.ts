import { execFileSync } from "node:child_process"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { History } from "../../../src/deploy/run/history.ts"
import { builtDigest, successPlay } from "../../fake/aws/deploy-world.ts"
import { deployment } from "../../fake/kubernetes/client.ts"
import { Terminal } from "../terminal.ts"
import { changes, deploy, newImage, oldImage, oldPush, rollback, type Stage, startStage } from "./stage.ts"

const second = `sha256:${"c".repeat(64)}`
const pushedAt = "2026-01-02T03:04:05Z"

/** A stage that runs its second deploy, with an older one and what was there before. */
async function twiceDeployed(): Promise<Stage> {
  const images = [
    oldPush,
    { digest: builtDigest, tags: ["build-1"], pushedAt },
    { digest: second, tags: ["build-2"], pushedAt },
  ]
  const stage = await startStage({
    builds: [successPlay()],
    world: { repositories: [{ name: "shop", images }] },
  })
  await stage.cluster.deploy(deployment("web", { image: oldImage }))
  for (const image of ["build-1", "build-2"]) {
    const { status, stderr } = await deploy(stage, "--image", image)
    if (status !== 0) throw new Error(stderr)
  }
  await stage.cluster.clearRequests()
  return stage
}

async function historyOf({ box, env }: Stage): Promise<History> {
  const { stdout } = await box.envseal(["history", "production", "--json"], { env })
  return JSON.parse(stdout)
}

const shown = ({ releases }: History) =>
  releases.map(({ images, proven, runsOn }) => [images["app"]?.split("@").at(-1), proven, runsOn])

describe("envseal history", () => {
  let stage: Stage
  beforeAll(async () => {
    stage = await twiceDeployed()
  })
  afterAll(() => stage[Symbol.asyncDispose]())

  test("lists the releases, newest first, with the one that runs, and changes nothing", async () => {
    expect(shown(await historyOf(stage))).toEqual([
      [second, true, ["deployment/web"]],
      [builtDigest, true, []],
      [oldPush.digest, undefined, []],
    ])
    const run = await stage.box.envseal(["history", "production"], { env: stage.env })
    expect([run.status, run.stderr]).toEqual([0, ""])
    expect(run.stdout).toMatch(/^ {2}\* cccccccccccc .* proven$/m)
    expect(run.stdout).toMatch(/^ {6}(?:\d+ .* ago|just now) by \S+$/m)
    expect(await changes(stage)).toEqual([])
    expect(new Set((await stage.cluster.requests()).map(({ verb }) => verb))).toEqual(new Set(["get"]))
  })

  test("has the AWS identity as who deployed where a job of a CI did", async () => {
    await using ci = await startStage({ builds: [successPlay()] })
    await ci.cluster.deploy(deployment("web", { image: oldImage }))
    ci.env["CI"] = "true"
    expect((await deploy(ci)).status).toBe(0)
    expect((await historyOf(ci)).releases[0]).toMatchObject({ by: "deployer/static" })
  })

  test("names a workload that is not there, and shows the others", async () => {
    await using other = await startStage({
      builds: [successPlay()],
      workloads: ["deployment/web", "deployment/gone"],
    })
    await other.cluster.deploy(deployment("web", { image: oldImage }))
    const run = await other.box.envseal(["history", "production"], { env: other.env })
    expect([run.status, run.stderr]).toEqual([
      0,
      "envseal: warning: deployment/gone does not exist in the namespace shop\n",
    ])
    expect(run.stdout).toContain("* 000000000000")
  })
})

describe("the end of a deploy", () => {
  test("says from which release to which, and how many commits that were", async () => {
    await using stage = await startStage({ builds: [successPlay()] })
    const git = (...args: readonly string[]) => {
      const who = ["-c", "user.name=Anna", "-c", "user.email=anna@example.com"]
      return execFileSync("git", [...who, ...args], { cwd: stage.box.folder, encoding: "utf8" }).trim()
    }
    const commit = (subject: string) => {
      git("commit", "--quiet", "--allow-empty", "--message", subject)
      return git("rev-parse", "HEAD")
    }
    git("init", "--quiet")
    const first = commit("Open the shop")
    const last = commit("Mend the cart")
    const annotations = {
      "envseal.dev/releases": JSON.stringify([{ images: { app: oldImage }, commit: first }]),
    }
    await stage.cluster.deploy(deployment("web", { image: oldImage, annotations }))
    const { box, env } = stage
    const args = ["deploy", "production", "--commit", last, "--poll", "300ms", "--logs", "none"]
    const run = await box.envseal(args, { env })
    expect([run.status, run.stdout]).toEqual([0, ""])
    const shortOf = (id: string) => id.slice(0, 7)
    expect(run.stderr).toContain(`  from 000000000000, commit ${shortOf(first)}\n`)
    expect(run.stderr).toMatch(
      new RegExp(`  to   [0-9a-f]{12}, build [0-9a-f]{8}, commit ${shortOf(last)}\n`),
    )
    expect(run.stderr).toContain(`envseal: 1 commit ahead of ${shortOf(first)}: Mend the cart\n`)
  })
})

describe("envseal rollback --to", () => {
  let stage: Stage
  beforeAll(async () => {
    stage = await twiceDeployed()
  })
  afterAll(() => stage[Symbol.asyncDispose]())

  test("refuses a name that no release has, and changes nothing", async () => {
    const run = await rollback(stage, "--to", "feedface")
    expect([run.status, run.code]).toEqual([8, "NO_PREVIOUS_RELEASE"])
    expect(run.stderr).toContain("envseal history production")
    expect((await changes(stage)).filter((change) => !change.includes("leases"))).toEqual([])
  })

  test("goes back over more than one release at once, and tells from where to where", async () => {
    const run = await rollback(stage, "--to", "000000000000")
    expect(run.status).toBe(0)
    const way = run.progress.find((one) => one.type === "way-back")
    expect(way?.steps.map(({ from, to }) => [from.images["app"], to.images["app"]])).toEqual([
      [newImage.replace(builtDigest, second), oldImage],
    ])
    expect(await stage.cluster.podImages("web")).toEqual([oldImage])
    expect(shown(await historyOf(stage))).toEqual([[oldPush.digest, undefined, ["deployment/web"]]])
  })
})

describe("envseal rollback on a terminal", () => {
  let stage: Stage
  beforeAll(async () => {
    stage = await twiceDeployed()
  })
  afterAll(() => stage[Symbol.asyncDispose]())

  const open = ({ box, env }: Stage, ...args: readonly string[]) =>
    new Terminal(box.command(["rollback", "production", ...args]), {
      cwd: box.folder,
      env: { PATH: process.env["PATH"] ?? "", ...env },
    })

  test("says from where to where, and changes nothing when the answer is no", async () => {
    const terminal = open(stage)
    await terminal.answer("Roll production back?", "n")
    expect(await terminal.ended()).toBe(3)
    expect(terminal.screen).toMatch(/from cccccccccccc, deployed .* by \S+/)
    expect(terminal.screen).toMatch(/to {3}[0-9a-f]{12}, deployed/)
    expect(terminal.screen).toContain("nothing was changed")
    expect(await changes(stage)).toEqual([])
  })

  test("changes nothing when it is left by Ctrl-C", async () => {
    const terminal = open(stage)
    await terminal.shows("Roll production back?")
    terminal.type("\u0003")
    expect(await terminal.ended()).toBe(130)
    expect(await changes(stage)).toEqual([])
  })

  test("goes back when the answer is yes", async () => {
    const terminal = open(stage)
    await terminal.answer("Roll production back?", "y")
    expect(await terminal.ended()).toBe(0)
    expect(await stage.cluster.podImages("web")).toEqual([newImage])
  })

  test("does not ask with --yes", async () => {
    const terminal = open(stage, "--yes")
    expect(await terminal.ended()).toBe(0)
    expect(terminal.screen).not.toContain("Roll production back?")
    expect(await stage.cluster.podImages("web")).toEqual([oldImage])
  })
})
