import { execFileSync } from "node:child_process"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { Preview } from "../../../src/deploy/run/preview.ts"
import { deployer, deployWorld, successPlay } from "../../fake/aws/deploy-world.ts"
import { account, withRole } from "../../fake/aws/world.ts"
import { deployment } from "../../fake/kubernetes/client.ts"
import { changeSecret, firstVersion, secretSetting } from "../status/stage.ts"
import { changes, lease, oldImage, operations, type Stage, startStage } from "./stage.ts"

/** Operations of AWS that change nothing. */
const reading = /^(Get|Describe|List|BatchGet)[A-Z]/

describe("envseal deploy --dry-run", () => {
  let stage: Stage
  let first = ""
  let last = ""
  beforeAll(async () => {
    const settings = `${secretSetting}    hooks:
      before:
        - { name: migrate, workload: deployment/web, command: [php, artisan, migrate] }
`
    stage = await startStage({ builds: [successPlay()], settings })
    const git = (...args: readonly string[]) => {
      const who = ["-c", "user.name=Anna", "-c", "user.email=anna@example.com"]
      return execFileSync("git", [...who, ...args], { cwd: stage.box.folder, encoding: "utf8" }).trim()
    }
    const commit = (subject: string) => {
      git("commit", "--quiet", "--allow-empty", "--message", subject)
      return git("rev-parse", "HEAD")
    }
    git("init", "--quiet")
    first = commit("Open the shop")
    commit("Sell books")
    last = commit("Mend the cart")
    const release = { images: { app: oldImage }, commit: first, secretVersion: firstVersion, proven: true }
    const annotations = { "envseal.dev/releases": JSON.stringify([release]) }
    await stage.cluster.deploy(deployment("web", { image: oldImage, annotations }))
  })
  afterAll(() => stage[Symbol.asyncDispose]())

  const dryRun = ({ box, env }: Stage, ...args: readonly string[]) =>
    box.envseal(["deploy", "production", "--dry-run", ...args], { env })

  test("tells what would be done, and only reads: no build, no change, no lock", async () => {
    await stage.cluster.clearRequests()
    const run = await dryRun(stage, "--commit", last, "--json")
    expect([run.status, run.stderr]).toEqual([0, ""])
    const told: Preview = JSON.parse(run.stdout)
    expect(told).toMatchObject({
      runs: [{ images: { app: oldImage }, commit: first, runsOn: ["deployment/web"], proven: true }],
      build: { project: "shop", commit: last, subject: "Mend the cart", since: first, ahead: 2, behind: 0 },
      hooks: { before: ["migrate"], after: [] },
      secrets: [{ secret: "shop/production", version: firstVersion }],
      sealed: { state: "current" },
      lock: null,
    })
    expect(await changes(stage)).toEqual([])
    expect((await stage.cluster.list("leases")).map(({ metadata }) => metadata.name)).toEqual([])
    const asked = await operations(stage)
    expect(asked.filter((operation) => !reading.test(operation))).toEqual([])
    expect(asked).toEqual(expect.arrayContaining(["DescribeSecret", "BatchGetProjects"]))
    expect(asked).not.toContain("GetSecretValue")
  })

  test("is read by a person in a line for each part", async () => {
    const run = await dryRun(stage, "--commit", last)
    expect(run.stdout.split("\n")).toEqual(
      expect.arrayContaining([
        `  builds    shop, commit ${last.slice(0, 7)} Mend the cart`,
        `            2 commits ahead of ${first.slice(0, 7)}; that one runs`,
        "  before    hook migrate",
        "  secret    shop/production: 00000000 is sealed, and would be again",
        "nothing was changed",
      ]),
    )
  })

  test("tells with --names only that the secret changed, to who may not read it", async () => {
    await changeSecret(stage)
    const run = await dryRun(stage, "--commit", last, "--names", "--json")
    expect(run.status).toBe(0)
    const told: Preview = JSON.parse(run.stdout)
    expect(told).toMatchObject({
      sealed: { state: "stale" },
      changed: [{ secret: "shop/production", names: null }],
    })
    expect(run.stderr).toContain("which names of shop/production changed is not told")
  })

  test("tells with --names which names changed, to who may read it, and no value", async () => {
    const Resource = `arn:aws:secretsmanager:*:${account}:secret:shop/*`
    const reading = { Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource } as const
    const policies = [...deployer.policies, { Version: "2012-10-17", Statement: reading } as const]
    await stage.aws.setWorld(withRole(deployWorld, deployer.name, { policies }))
    const run = await dryRun(stage, "--commit", last, "--names")
    expect([run.status, run.stderr]).toEqual([0, ""])
    expect(run.stdout).toContain(
      "  secret    shop/production: 00000000 would be sealed, 00000000 is\n            changed APP_KEY\n",
    )
    expect(run.stdout).not.toContain("base64:")
    expect(await changes(stage)).toEqual([])
  })

  test.each([
    ["without --dry-run", ["deploy", "production", "--names"]],
    ["beside --image", ["deploy", "production", "--dry-run", "--names", "--image", "old"]],
  ])("refuses --names %s", async (_, args) => {
    const run = await stage.box.envseal(args, { env: stage.env })
    expect([run.status, run.stdout]).toEqual([2, ""])
  })

  test("ends as the deploy would end before it begins, and still changes nothing", async () => {
    await stage.cluster.clearRequests()
    const run = await dryRun(stage, "--image", "no-such-tag")
    expect([run.status, run.stdout]).toEqual([8, ""])
    expect(run.stderr).toContain("[IMAGE_UNUSABLE]")
    expect(await changes(stage)).toEqual([])
  })

  test("waits for nobody who deploys, and says who it is", async () => {
    const now = new Date().toISOString().replace("Z", "000Z")
    const spec = { holderIdentity: "otto@desk", leaseDurationSeconds: 30, renewTime: now }
    await stage.cluster.create({
      apiVersion: "coordination.k8s.io/v1",
      kind: "Lease",
      metadata: { name: lease, namespace: "shop" },
      spec,
    })
    expect((await dryRun(stage, "--commit", last)).stdout).toContain("lock      otto@desk deploys")
  })

  test.each(["--resume", "--detach", "--break-lock"])("is refused beside %s", async (option) => {
    const run = await dryRun(stage, ...(option === "--resume" ? [option, "shop:1"] : [option]))
    expect([run.status, run.stdout]).toEqual([2, ""])
  })
})
