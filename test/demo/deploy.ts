import { spawn } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { environmentFor } from "../fake/aws/client.ts"
import type { FakeKubernetes } from "../fake/kubernetes/client.ts"
import { deployerName, goodImage, oldImage, settings, startAccount, startCluster } from "./deploy-world.ts"

const program = join(import.meta.dirname, "../../bin/envseal.js")
// By default it asks more seldom, which suits builds that take minutes.
const deployArgs = ["deploy", "production", "--poll", "500ms"]

/** Deploys a good image and a bad one, and rolls back, with an account and a cluster of our own. */
async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "envseal-demo-"))
  const interrupt = new AbortController()
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => interrupt.abort())
  try {
    await play(folder, interrupt.signal)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function play(folder: string, signal: AbortSignal): Promise<void> {
  await using aws = await startAccount()
  await using cluster = await startCluster()
  writeFileSync(join(folder, "envseal.yaml"), settings)
  const env = {
    ...environmentFor(aws, { via: "static", role: deployerName, folder }),
    KUBECONFIG: await cluster.kubeconfig(folder, deployerName),
  }
  const run = (args: readonly string[]) => envseal(args, { folder, env, signal })
  await expectImage(cluster, oldImage)
  title("A deploy: CodeBuild builds, and every pod goes to the new image")
  expectStatus(await run(deployArgs), 0)
  await expectImage(cluster, goodImage)
  title("A deploy whose pods cannot open their configuration: KMS refuses them")
  expectStatus(await run(deployArgs), 8)
  await expectImage(cluster, goodImage)
  title("What can be gone back to")
  expectStatus(await run(["history", "production"]), 0)
  title("Back to the release before")
  expectStatus(await run(["rollback", "production"]), 0)
  await expectImage(cluster, oldImage)
}

interface RunOptions {
  readonly folder: string
  readonly env: Readonly<Record<string, string>>
  /** Kills it. */
  readonly signal: AbortSignal
}

/** Runs envseal on the terminal of the demo. @returns its exit status */
function envseal(args: readonly string[], { folder, env, signal }: RunOptions): Promise<number | null> {
  print(`$ envseal ${args.join(" ")}`)
  const { PATH = "", TERM = "dumb" } = process.env
  const child = spawn(process.execPath, [program, ...args], {
    cwd: folder,
    env: { PATH, TERM, ...env },
    stdio: ["ignore", "inherit", "inherit"],
    signal,
    killSignal: "SIGKILL",
  })
  return new Promise((resolve, reject) => {
    child.once("error", reject)
    child.once("close", resolve)
  })
}

function expectStatus(status: number | null, expected: number): void {
  if (status !== expected) throw new Error(`envseal ended with ${status}, not ${expected}`)
  print(`(status ${status})`)
}

/** @throws Error when a pod has another image, or will have it */
async function expectImage(cluster: FakeKubernetes, expected: string): Promise<void> {
  const images = [
    ...(await cluster.podImages("web")),
    ...(await cluster.podImages("worker")),
    ...(await scheduledImages(cluster)),
  ]
  const other = images.find((image) => image !== expected)
  if (other !== undefined || images.length !== 7) throw new Error(`not ${expected}: ${images.join(", ")}`)
  print(`(6 pods and the schedule have ${short(expected)})`)
}

async function scheduledImages(cluster: FakeKubernetes): Promise<readonly string[]> {
  const jobs = await cluster.list("cronjobs")
  const containers = jobs.flatMap(({ spec }) => spec.jobTemplate.spec.template.spec.containers)
  return containers.map(({ image = "" }) => image)
}

function short(image: string): string {
  return image.replace(/^.*\/|(?<=sha256:\w{12})\w+$/g, "")
}

function title(text: string): void {
  print(`\n== ${text}`)
}

function print(text: string): void {
  process.stdout.write(`${text.trimEnd()}\n`)
}

await main()
