import { describe, expect, test } from "vitest"
import { cronJob, deployment, statefulSet } from "../../fake/kubernetes/client.ts"
import { deploy, lease, newImage, oldImage, repository, rulesOf, type Stage } from "../deploy/stage.ts"
import {
  ask,
  changeSecret,
  firstVersion,
  recorded,
  sealedAt,
  sealingPlay,
  secondVersion,
  startStatusStage,
} from "./stage.ts"

const foreignImage = `${repository}@sha256:${"f".repeat(64)}`

/** A stage on which everything was deployed once. */
async function deployedStage(): Promise<Stage> {
  const workloads = ["deployment/web", "statefulset/queue", "cronjob/report"]
  const stage = await startStatusStage({ workloads })
  await stage.cluster.deploy(
    deployment("web", { image: oldImage, replicas: 2 }),
    statefulSet("queue", { image: oldImage }),
  )
  await stage.cluster.create(cronJob("report", { image: oldImage }))
  const run = await deploy(stage)
  if (run.status !== 0) throw new Error(run.stderr)
  await stage.aws.clearRequests()
  await stage.cluster.clearRequests()
  return stage
}

/** A stage on which all is as a deploy would have left it, without the time that a deploy takes. */
async function recordedStage(): Promise<Stage> {
  const stage = await startStatusStage({ workloads: ["deployment/web", "deployment/worker"] })
  const annotations = recorded(newImage)
  await stage.cluster.deploy(
    deployment("web", { image: newImage, annotations }),
    deployment("worker", { image: newImage, annotations }),
  )
  await stage.cluster.clearRequests()
  return stage
}

async function webStage(options: Parameters<typeof startStatusStage>[0] = {}): Promise<Stage> {
  const stage = await startStatusStage(options)
  await stage.cluster.deploy(deployment("web", { image: oldImage, replicas: 2 }))
  return stage
}

describe.concurrent("envseal status", () => {
  test("tells what a deploy left, and is content with it", async () => {
    await using stage = await deployedStage()
    const { status, stderr, document, first } = await ask(stage, "production")
    expect([status, stderr, document.ok]).toEqual([0, "", true])
    expect(first).toMatchObject({
      ...{ environment: "production", app: "shop", cluster: "fake", namespace: "shop" },
      ...{ ok: true, mixed: false, lock: null, failures: [] },
      secrets: [{ secret: "shop/production", version: firstVersion }],
    })
    expect(first.workloads.map(({ workload }) => workload)).toEqual([
      ...["deployment/web", "statefulset/queue", "cronjob/report"],
    ])
    const [build] = await stage.aws.builds()
    for (const workload of first.workloads) {
      expect(workload).toMatchObject({
        images: { app: newImage },
        release: {
          ...{ build: build?.id, secretVersion: firstVersion, sealedAt },
          by: expect.stringMatching(/\S/),
        },
        secret: { state: "current", versions: [firstVersion] },
        rollout: { state: "done", troubles: [] },
      })
      expect(workload.builtAt).toMatch(/^\d{4}-\d{2}-\d{2}T.*Z$/)
    }
    expect(first.workloads[0]?.rollout.counts).toEqual({ total: 2, updated: 2, ready: 2, old: 0 })
  })

  test("says stale after the secret was changed, ends with 3, and reads no value and no key", async () => {
    await using stage = await deployedStage()
    await changeSecret(stage)
    const { status, first } = await ask(stage)
    expect([status, first.ok]).toEqual([3, false])
    expect(first.secrets).toEqual([{ secret: "shop/production", version: secondVersion }])
    expect(first.workloads.map(({ secret }) => secret)).toEqual(
      first.workloads.map(() => ({ state: "stale", versions: [firstVersion] })),
    )
    const asked = await stage.aws.requests()
    expect(asked.filter(({ service }) => service === "kms")).toEqual([])
    expect(new Set(asked.map(({ operation }) => operation))).toEqual(
      new Set(["GetCallerIdentity", "DescribeSecret", "BatchGetBuilds"]),
    )
  })

  test("ends with --exit-stale by the secrets alone, though images are mixed", async () => {
    await using stage = await startStatusStage({ workloads: ["deployment/web", "deployment/worker"] })
    await stage.cluster.deploy(
      deployment("web", { image: newImage, annotations: recorded(newImage) }),
      deployment("worker", { image: oldImage, annotations: recorded(oldImage) }),
    )
    expect((await ask(stage)).status).toBe(3)
    const well = await ask(stage, "--exit-stale")
    expect([well.status, well.stderr, well.document.ok]).toEqual([0, "", false])
    await changeSecret(stage)
    expect((await ask(stage, "--exit-stale")).status).toBe(3)
  })

  test("ends with --exit-stale with 3, and a warning, where nothing says what is sealed", async () => {
    await using stage = await webStage()
    const { status, stderr } = await ask(stage, "--exit-stale")
    expect(status).toBe(3)
    expect(stderr).toContain(
      "production: which version of the secret is sealed in deployment/web is not known",
    )
  })

  test("ends with --exit-stale with the failure's status when the secret cannot be asked for", async () => {
    await using stage = await recordedStage()
    await stage.aws.setWorld({ secrets: [] })
    const { status, stderr } = await ask(stage, "--exit-stale")
    expect(status).toBe(4)
    expect(stderr).toContain("SOURCE_MISSING")
  })

  test.each(["--watch", "--cluster"])("refuses --exit-stale beside %s", async (option) => {
    await using stage = await startStatusStage()
    const run = await stage.box.envseal(["status", "--exit-stale", option], { env: stage.env })
    expect([run.status, run.stdout]).toEqual([2, ""])
  })

  test("changes nothing in the cluster, and asks for no right that a deployer lacks", async () => {
    await using stage = await recordedStage()
    await ask(stage)
    const asked = await stage.cluster.requests()
    expect(new Set(asked.map(({ verb }) => verb))).toEqual(new Set(["list", "watch", "get"]))
    expect(asked.filter(({ status }) => status >= 400 && status !== 404)).toEqual([])
  })

  test("prints a table with what a person needs", async () => {
    await using stage = await deployedStage()
    const run = await stage.box.envseal(["status"], { env: stage.env })
    expect(run).toMatchObject({ status: 0, stderr: "" })
    const lines = run.stdout.trimEnd().split("\n")
    expect(lines.slice(0, 3)).toEqual([
      "production  shop on fake, namespace shop",
      expect.stringMatching(/^ {2}WORKLOAD +IMAGE +BUILD +COMMIT +SECRET +ROLLOUT$/),
      expect.stringMatching(/^ {2}deployment\/web +b{12} +[0-9a-f]{8} +a{7} +current +done 2\/2$/),
    ])
    expect(run.stdout).toContain(`secret shop/production is at ${firstVersion}`)
    expect(run.stdout).toMatch(/b{12} deployed .*(?:ago|just now) by \S+\n {2}b{12} sealed .*, \d+ .* ago\n/)
  })

  test.each([
    ["Asia/Tokyo", "2 Jan (?:2026 )?12:01"],
    ["America/New_York", "1 Jan (?:2026 )?22:01"],
  ])("tells times in the zone of TZ, here %s, and in UTC with --json", async (TZ, sealed) => {
    await using stage = await deployedStage()
    const env = { ...stage.env, TZ }
    const table = await stage.box.envseal(["status"], { env })
    expect(table.stdout).toMatch(new RegExp(`sealed ${sealed}, \\d+ [a-z]+ ago\n`))
    const { stdout } = await stage.box.envseal(["status", "--json"], { env })
    expect(stdout).toContain(`"sealedAt":"${sealedAt}"`)
  })

  test("tells a rollout that goes on, how far it is, and what it waits for", async () => {
    await using stage = await webStage({ setup: { plays: { [newImage]: { do: "never-ready" } } } })
    await stage.cluster.setImage("deployments", "web", newImage)
    await stage.cluster.until("pods", (pods) =>
      pods.some(({ spec }) => spec.containers[0]?.image === newImage),
    )
    const { first } = await ask(stage)
    expect(first.workloads).toMatchObject([
      { rollout: { state: "progressing", waitsFor: expect.any(String), counts: { total: 2, ready: 0 } } },
    ])
  })

  test("tells a rollout that failed with the pod and its reason, and ends with 3", async () => {
    const message = "envseal: ACCESS_DENIED: KMS refused kms:Decrypt"
    const plays = { [newImage]: { do: "crash-loop", exitCode: 5, message } } as const
    await using stage = await webStage({ setup: { plays } })
    const run = await deploy(stage, "--no-rollback")
    expect(run.status).toBe(8)
    const { status, first } = await ask(stage)
    expect(status).toBe(3)
    expect(first.workloads).toMatchObject([
      {
        release: { build: expect.any(String) },
        rollout: { state: "failed", troubles: [{ exitCode: 5, message }] },
      },
    ])
    const { stdout } = await stage.box.envseal(["status"], { env: stage.env })
    expect(stdout).toContain(`(exit status 5`)
    expect(stdout).toContain(message)
  })

  test("calls out an image that envseal did not set, and that not all run the same", async () => {
    await using stage = await recordedStage()
    await stage.cluster.setImage("deployments", "web", foreignImage)
    await stage.cluster.rolledOut("deployments", "web")
    const { status, first } = await ask(stage)
    expect([status, first.mixed]).toEqual([3, true])
    expect(first.workloads[0]).toMatchObject({
      images: { app: foreignImage },
      release: null,
      secret: { state: "unknown", versions: [] },
      rollout: { state: "done" },
    })
    const { stdout } = await stage.box.envseal(["status"], { env: stage.env })
    expect(stdout).toContain(`not set by envseal: ${repository}@sha256:ffffffffffff\n`)
    expect(stdout).toContain("mixed: 2 images run side by side")
  })

  test("sees an image of another repository, too, where the last deploy set one", async () => {
    await using stage = await recordedStage()
    await stage.cluster.setImage("deployments", "web", "docker.io/library/nginx:1")
    const { first } = await ask(stage)
    expect(first.workloads[0]).toMatchObject({ images: { app: "docker.io/library/nginx:1" }, release: null })
  })

  test("tells of a workload that is not there", async () => {
    await using stage = await webStage({ workloads: ["deployment/web", "deployment/worker"] })
    const { status, first } = await ask(stage)
    expect(status).toBe(3)
    expect(first.workloads[1]).toMatchObject({
      ...{ workload: "deployment/worker", images: {}, release: null, rollout: { state: "missing" } },
    })
  })

  test("tells who deploys now, without what makes them unique", async () => {
    await using stage = await recordedStage()
    await stage.cluster.create({
      ...{ apiVersion: "coordination.k8s.io/v1", kind: "Lease" },
      metadata: { name: lease, namespace: "shop" },
      spec: {
        holderIdentity: "anna@laptop 00000000-0000-4000-8000-000000000000",
        acquireTime: "2026-01-02T03:04:05.000000Z",
        renewTime: "2026-01-02T03:04:15.000000Z",
      },
    })
    const { status, first } = await ask(stage)
    expect(status).toBe(0)
    expect(first.lock).toEqual({
      holder: "anna@laptop",
      since: "2026-01-02T03:04:05.000000Z",
      renewedAt: "2026-01-02T03:04:15.000000Z",
    })
  })

  test("knows of an image that was deployed again by its digest what is sealed in it, and since when", async () => {
    await using stage = await webStage({ builds: [sealingPlay()] })
    expect((await deploy(stage)).status).toBe(0)
    await stage.cluster.setImage("deployments", "web", oldImage)
    await stage.cluster.rolledOut("deployments", "web")
    expect((await deploy(stage, "--image", newImage)).status).toBe(0)
    const { first } = await ask(stage)
    expect(first.workloads).toMatchObject([
      { release: { sealedAt }, secret: { state: "current", versions: [firstVersion] } },
    ])
  })

  test("says of the secret that it does not know where the build did not tell its version", async () => {
    const { ENVSEAL_IMAGE = "" } = sealingPlay().exported ?? {}
    await using stage = await webStage({ builds: [{ ...sealingPlay(), exported: { ENVSEAL_IMAGE } }] })
    expect((await deploy(stage)).status).toBe(0)
    const { status, first } = await ask(stage)
    expect([status, first.workloads[0]?.secret]).toEqual([0, { state: "unknown", versions: [] }])
    expect(first.workloads[0]?.release).not.toHaveProperty("sealedAt")
    const { stdout } = await stage.box.envseal(["status"], { env: stage.env })
    expect(stdout).toMatch(/ b{12} sealed by its build of .*\d+:\d\d, /)
  })
})

describe.concurrent("envseal status, where something cannot be asked,", () => {
  test("tells what runs when DescribeSecret is not allowed, and ends with that", async () => {
    await using stage = await recordedStage()
    await stage.aws.fail({
      operation: "DescribeSecret",
      with: { status: 400, code: "AccessDeniedException", message: "not authorized" },
    })
    const { status, stderr, first } = await ask(stage)
    expect([status, first.ok]).toEqual([5, null])
    expect(first.failures).toMatchObject([{ code: "ACCESS_DENIED" }])
    expect(first.secrets).toEqual([{ secret: "shop/production", version: null }])
    expect(first.workloads.map(({ secret }) => secret.state)).toEqual(["unknown", "unknown"])
    expect(first.workloads.map(({ rollout }) => rollout.state)).toEqual(["done", "done"])
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: "ACCESS_DENIED" } })
  })

  test("asks for no secret in another account than that of the settings", async () => {
    await using stage = await webStage({ accountId: "999988887777" })
    const { first } = await ask(stage)
    expect(first.failures).toMatchObject([{ code: "WRONG_ACCOUNT" }])
    expect((await stage.aws.requests()).map(({ operation }) => operation)).toEqual(["GetCallerIdentity"])
  })

  test("tells which right in the cluster is missing, and ends with 5", async () => {
    const rules = rulesOf(["deployment/web"]).filter(({ resources }) => !resources.includes("replicasets"))
    await using stage = await webStage({
      setup: { users: { deployer: { rules, namespace: "shop" }, admin: { rules: [] } } },
    })
    const { status, first } = await ask(stage)
    expect([status, first.workloads]).toEqual([5, []])
    expect(first.failures).toMatchObject([
      { code: "ACCESS_DENIED", message: expect.stringMatching(/replicasets/) },
    ])
  })

  test("asks once for what is not allowed, and does not try again", async () => {
    await using stage = await webStage({
      setup: { users: { deployer: { rules: [] }, admin: { rules: [] } } },
    })
    const { status, stderr, first } = await ask(stage)
    expect([status, first.ok]).toEqual([5, null])
    expect(first.failures).toMatchObject([{ code: "ACCESS_DENIED" }])
    expect(stderr).not.toContain("trying again")
  })

  test("refuses a name that is no environment, before anything is asked", async () => {
    await using stage = await startStatusStage()
    const run = await stage.box.envseal(["status", "prodution"], { env: stage.env })
    expect(run).toMatchObject({ status: 2, stdout: "" })
    expect(run.stderr).toContain("did you mean production?")
    expect(await stage.aws.requests()).toEqual([])
  })
})
