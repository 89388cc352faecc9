import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { manifestsFor } from "../../src/setup/core/manifests.ts"
import { newSite } from "../../src/setup/core/site.ts"
import { scriptRunBy } from "../docs/page-commands.ts"
import { environmentFor } from "../fake/aws/client.ts"
import { deployWorld, shopProject, shopRepository, successPlay } from "../fake/aws/deploy-world.ts"
import { account, appKey, region } from "../fake/aws/world.ts"
import { type Sandbox, sandbox } from "../script/harness.ts"
import { give, type PageRun, type Place, runScript } from "../script/pages/page.ts"
import { kubernetesFolder } from "./cluster/binaries.ts"
import { contextName } from "./cluster/kubeconfig.ts"
import { digestOf, imageOf } from "./cluster/plays.ts"
import { clusterUser, type Stage, startStage } from "./deploy/stage.ts"

const root = join(import.meta.dirname, "../..")
const namespace = "shop-production"
const everything = {
  Version: "2012-10-17",
  Statement: { Effect: "Allow", Action: "*", Resource: "*" },
} as const
const admin = { name: "admin", policies: [everything], mechanisms: ["static"] } as const

/** The settings of what the pages show, with one worker more. */
const settings = {
  ...{ account, region },
  build: { project: "shop-production" },
  image: { repository: shopRepository },
  cluster: { context: contextName, namespace },
  workloads: [
    { deployment: "shop-web", withoutOpen: ["public"] },
    ...["deployment/shop-worker", "deployment/shop-mailer", "cronjob/shop-schedule"],
  ],
}

let stage: Stage
beforeAll(async () => {
  stage = await startStage(1)
  const build = successPlay(digestOf("ready", 1), ["build-{build}"])
  await stage.aws.setWorld({
    roles: [...deployWorld.roles, admin],
    projects: [shopProject([build], { name: "shop-production" })],
  })
  await stage.plane.namespace(namespace)
})
afterAll(() => stage?.[Symbol.asyncDispose]())

/** A repository with the manifests of `envseal init`, the worker that docs/manifests.md adds, and an overlay of it. */
function repository(): Sandbox {
  const site = newSite({ app: "shop", environment: "production", account, region }, { namespace })
  const manifests = manifestsFor(site).map(({ path, text }) => [path, text] as const)
  const [, worker = ""] = manifests.find(([path]) => path.endsWith("/worker.yaml")) ?? []
  return give(sandbox(), {
    "envseal.yaml": JSON.stringify({ version: 1, app: "shop", environments: { production: settings } }),
    ...Object.fromEntries(manifests),
    "kubernetes/production/mailer.yaml": worker.replaceAll("worker", "mailer"),
    "overlays/production/worker.yaml": worker,
    "overlays/production/kustomization.yaml": "resources: [worker.yaml]\n",
  })
}

/** Where kubectl and AWS's command line are those of administrators. */
async function place(): Promise<Place> {
  const box = repository()
  const aws = environmentFor(stage.aws, { via: "static", role: "admin", folder: box.folder })
  const start = (path: string) => `exec "${path}" "$@"\n`
  return {
    box,
    // Version 1 of AWS's command line does not read AWS_REGION.
    env: { ...aws, AWS_DEFAULT_REGION: region, KUBECONFIG: stage.plane.adminKubeconfig },
    as: { else: { KUBECONFIG: await stage.plane.tokenKubeconfig(clusterUser) } },
    programs: {
      kubectl: start(join(kubernetesFolder, "kubectl")),
      aws: start(join(root, ".cache/awscli/bin/aws")),
    },
  }
}

/** Runs the commands of a page that are listed for this file. */
async function runHere(page: string): Promise<PageRun> {
  const script = scriptRunBy("test/real/pages.real.ts", page)
  expect(script).not.toBe("")
  return await runScript(script, await place())
}

describe("the commands of a page run as pasted, with kubectl, its API server and AWS's command line:", () => {
  test("docs/deploy.md gives the deployer the Role", async () => {
    const run = await runHere("docs/deploy.md")
    expect(run.status, run.stderr).toBe(0)
    expect(run.stdout).toMatch(/^role\.rbac\.authorization\.k8s\.io\/\S+ created$/m)
  })

  test("docs/manifests.md applies what runs, and again without an image", async () => {
    const role = { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "admin" }
    await stage.plane.apply({
      ...{ apiVersion: "rbac.authorization.k8s.io/v1", kind: "RoleBinding" },
      metadata: { name: "envseal", namespace },
      ...{ roleRef: role, subjects: [{ apiGroup: role.apiGroup, kind: "User", name: clusterUser }] },
    })
    await firstBuild()
    const run = await runHere("docs/manifests.md")
    expect(run.status, run.stderr).toBe(0)
    for (const name of ["shop-web", "shop-worker", "shop-mailer"]) {
      const path = "jsonpath={.spec.template.spec.containers[?(@.name=='app')].image}"
      const args = ["get", `deployment/${name}`, "--namespace", namespace, "-o", path]
      expect(await stage.plane.read(args)).toBe(imageOf("ready", 1))
    }
  })

  test("docs/aws.md switches the key off", async () => {
    const run = await runHere("docs/aws.md")
    expect(run.status, run.stderr).toBe(0)
    const { keys } = await stage.aws.world()
    expect(keys.find(({ arn }) => arn === appKey)?.state).toBe("Disabled")
  })
})

/** Without an image nothing can be applied: it is built by the command that the page shows. */
async function firstBuild(): Promise<void> {
  const run = await runScript("aws codebuild start-build --project-name shop-production\n", await place())
  expect(run.status, run.stderr).toBe(0)
  await expect
    .poll(async () => (await stage.aws.builds()).map(({ buildStatus }) => buildStatus))
    .toContain("SUCCEEDED")
}
