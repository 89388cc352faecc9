import { spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { environmentFor, type FakeAws, startFakeAwsApart } from "../fake/aws/client.ts"
import { withKey } from "../fake/aws/world.ts"
import { context, key, productionWorld, secret } from "../script/aws/world.ts"

const program = join(import.meta.dirname, "../../bin/envseal.js")

/** Seals and opens with KMS, as the roles of a build, of a pod and of others, against an AWS of our own. */
async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "envseal-demo-"))
  try {
    await play(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function play(folder: string): Promise<void> {
  title("The policies that envseal policy prints are those of this account")
  const world = await productionWorld(async (...args) =>
    JSON.parse((await envseal(folder, {}, ["policy", ...args])).stdout),
  )
  const aws = await startFakeAwsApart(world)
  try {
    await act(folder, aws)
    title("The key is disabled: the kill switch")
    await aws.setWorld(withKey(world, key, { state: "Disabled" }))
    await open(folder, aws, "pod", 5)
  } finally {
    await aws.stop()
  }
}

async function act(folder: string, aws: FakeAws): Promise<void> {
  const as = (role: string) => environmentFor(aws, { via: "pod-identity", role, folder })
  title("The build seals: it reads the secret, and may encrypt under the environment's key and context")
  const recipient = "aws-kms:alias/envseal-production"
  const seal = ["seal", "--from", "aws-sm:shop/production", "--recipient", recipient, "--context", context]
  expectStatus(await envseal(folder, as("build"), seal), 0)
  print((await envseal(folder, {}, ["inspect"])).stdout)
  title("The pod opens, with one request to KMS")
  await aws.clearRequests()
  const opened = await open(folder, aws, "pod", 0)
  const values = JSON.parse(opened.stdout)
  const wrong = Object.entries(secret).filter(([name, value]) => values[name] !== value)
  if (wrong.length > 0) throw new Error(`wrong: ${wrong.map(([name]) => name).join(", ")}`)
  print(`every one of ${Object.keys(secret).length} values came back in the app's own process`)
  for (const { service, operation, outcome } of await aws.requests())
    print(`  ${service} ${operation}: ${outcome}`)
  title("The build cannot open what it sealed; nor can a pod of another environment")
  await open(folder, aws, "build", 5)
  await open(folder, aws, "staging-pod", 5)
}

async function open(folder: string, aws: FakeAws, role: string, status: number): Promise<Run> {
  print(`(as ${role})`)
  const env = { ...environmentFor(aws, { via: "pod-identity", role, folder }), ENVSEAL_KMS_KEY: key }
  const show = "process.stdout.write(JSON.stringify(process.env))"
  const command = ["--env", "--", process.execPath, "-e", show]
  const run = await envseal(folder, env, ["open", "--expect", context, ...command])
  expectStatus(run, status)
  return run
}

interface Run {
  readonly status: number | null
  readonly stdout: string
}

function expectStatus({ status }: Run, expected: number): void {
  if (status !== expected) throw new Error(`envseal ended with ${status}, not ${expected}`)
  print(`(status ${status})`)
}

function envseal(
  folder: string,
  env: Readonly<Record<string, string>>,
  args: readonly string[],
): Promise<Run> {
  print(
    `$ envseal ${args.map((arg) => (/[ ()]/.test(arg) ? "'…'" : arg === process.execPath ? "node" : arg)).join(" ")}`,
  )
  const child = spawn(process.execPath, [program, ...args], {
    cwd: folder,
    env: { PATH: process.env["PATH"] ?? "", ...env },
    stdio: ["ignore", "pipe", "inherit"],
  })
  return new Promise((resolve, reject) => {
    let stdout = ""
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text
    })
    child.once("error", reject)
    child.once("close", (status) => resolve({ status, stdout }))
  })
}

function title(text: string): void {
  print(`\n== ${text}`)
}

function print(text: string): void {
  process.stdout.write(`${text.trimEnd()}\n`)
}

await main()
