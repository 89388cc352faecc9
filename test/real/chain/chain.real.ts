import { afterAll, beforeAll, expect, test } from "vitest"
import { region } from "../../fake/aws/world.ts"
import { until } from "../docker/process.ts"
import { endingTests } from "./endings.ts"
import { pageTests } from "./page.ts"
import { replacements } from "./public-images.ts"
import { type Chain, namespace, startChain } from "./stage.ts"
import { troubleTests } from "./troubles.ts"
import { isReady, podsOf, visit } from "./visitor.ts"
import { project } from "./world.ts"

// The steps are those that `envseal init` prints, in their order.

const limitMs = 180_000
let chain: Chain

beforeAll(async () => {
  console.log(["In the place of what is elsewhere:", ...replacements].join("\n  "))
  chain = await startChain()
})
afterAll(() => chain?.[Symbol.asyncDispose]())

test("A stock app is set up by one command, and no file of it needs a hand.", () => {
  expect(chain.init.stdout).toContain("Dockerfile: written\n")
  expect(chain.init.stdout).not.toContain(".envseal")
})

test("The first image is built by the buildspec, with the assets that Vite makes, and pushed.", async () => {
  const place = ["--region", region, "--project-name", project]
  const started = await chain.run("aws", ["codebuild", "start-build", ...place])
  expect(started.status, started.stderr).toBe(0)
  await until("the first build", limitMs, () => chain.machine.builds.length === 1)
  const [build] = chain.machine.builds
  expect(build?.status, build?.log).toBe("SUCCEEDED")
  expect(build?.exported["ENVSEAL_IMAGE"]).toMatch(/\/shop@sha256:[0-9a-f]{64}$/)
})

test("The manifests start pods that open their configuration by the role of their service account.", async () => {
  await chain.kubectl(["create", "namespace", namespace])
  await chain.kubectl(["apply", "-f", `${chain.source}/envseal/production/role.yaml`])
  const manifests = await chain.envseal(["manifests", "production"])
  expect(manifests.status, manifests.stderr).toBe(0)
  await chain.kubectl(["apply", "-f", "-"], manifests.stdout)
  await chain.kubectl(["apply", "set-last-applied", "-f", `${chain.source}/kubernetes/production`])
  await chain.kubectl([
    ...["rollout", "status", "deployment/shop-web", "--namespace", namespace, "--timeout=110s"],
  ])
})

test("A deploy builds the app again, migrates its database, and every workload runs it.", async () => {
  const deploy = await chain.envseal(["deploy", "production", "--poll", "1s"])
  expect(deploy, `${deploy.stdout}${deploy.stderr}`).toMatchObject({ status: 0 })
  const image = chain.machine.builds.at(-1)?.exported["ENVSEAL_IMAGE"]
  expect(chain.machine.builds).toHaveLength(2)
  for (const part of ["web", "worker"]) {
    const pods = (await podsOf(chain, part)).filter(isReady)
    expect(pods.length, part).toBeGreaterThan(0)
    for (const { spec } of pods) expect(spec.containers[0]?.image).toBe(image)
  }
  expect(await chain.database.ask("select count(*) from migrations")).toBe("4")
})

pageTests(() => chain)

test("A job that a visitor leaves is done by the worker, and the schedule runs.", async () => {
  expect((await visit(chain, "/notes/add/from-a-visitor")).status).toBe(202)
  const notes = async () => (await (await visit(chain, "/notes")).json()) as { text: string; by: string }[]
  await until("both notes", limitMs, async () => {
    const texts = (await notes()).map(({ text }) => text)
    return texts.includes("from-a-visitor") && texts.includes("on schedule")
  })
  const by = Object.fromEntries((await notes()).map((note) => [note.text, note.by]))
  expect(by["from-a-visitor"]).toMatch(/^shop-worker-/)
  expect(by["on schedule"]).toMatch(/^shop-schedule-/)
})

endingTests(() => chain)
troubleTests(() => chain)
