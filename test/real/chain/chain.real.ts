import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { region } from "../../fake/aws/world.ts"
import { type Run, until } from "../docker/process.ts"
import { hangMs } from "../hang.ts"
import { endingTests } from "./endings.ts"
import { pageTests } from "./page.ts"
import { replacements } from "./public-images.ts"
import { type Chain, startChain } from "./stage.ts"
import { deniedTests, rotationTests, troubleTests } from "./troubles.ts"
import { isReady, podsOf, visit } from "./visitor.ts"
import { namespace, project } from "./world.ts"

// The steps are those that `envseal init` prints, in their order.

let chain: Chain
let deploying: Promise<Run> | undefined

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
  await until("the first build", () => chain.machine.builds.length === 1)
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
  const started = chain.kubectl([
    ...["rollout", "status", "deployment/shop-web", "--namespace", namespace, `--timeout=${hangMs}ms`],
  ])
  // The next test's, whose build takes as long as pods do to start.
  chain.machine.holdUntil(started)
  deploying = chain.envseal(["deploy", "production", "--poll", "1s"])
  await started
})

test("A deploy builds the app again, migrates its database, and every workload runs it.", async () => {
  const deploy = await deploying
  expect(deploy, `${deploy?.stdout}${deploy?.stderr}`).toMatchObject({ status: 0 })
  const image = chain.machine.builds.at(-1)?.exported["ENVSEAL_IMAGE"]
  expect(chain.machine.builds).toHaveLength(2)
  for (const part of ["web", "worker"]) {
    const pods = (await podsOf(chain, part)).filter(isReady)
    expect(pods.length, part).toBeGreaterThan(0)
    for (const { spec } of pods) expect(spec.containers[0]?.image).toBe(image)
  }
  expect(await chain.ask("select count(*) from migrations")).toBe("4")
})

pageTests(() => chain)

test("A job that a visitor leaves is done by the worker.", async () => {
  expect((await visit(chain, "/notes/add/from-a-visitor")).status).toBe(202)
  expect(await writerOf("from-a-visitor")).toMatch(/^shop-worker-/)
})

rotationTests(() => chain)

describe("at the same time", { concurrent: true }, () => {
  endingTests(() => chain)
  describe("troubles", () => troubleTests(() => chain))
})

deniedTests(() => chain)

test("The schedule has run.", async () => {
  expect(await writerOf("on schedule")).toMatch(/^shop-schedule-/)
})

/** Which pod has written a note, once it is there. */
async function writerOf(text: string): Promise<string | undefined> {
  let by: string | undefined
  await until(`the note ${text}`, async () => {
    const notes = (await (await visit(chain, "/notes")).json()) as { text: string; by: string }[]
    by = notes.find((note) => note.text === text)?.by
    return by !== undefined
  })
  return by
}
