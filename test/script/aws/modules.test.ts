import { readFileSync, rmSync, writeFileSync } from "node:fs"
import { afterAll, beforeAll, expect, test } from "vitest"
import { withRole } from "../../fake/aws/world.ts"
import { openArgs as localOpenArgs, recipient, sealedSandbox, standalone } from "../harness.ts"
import { dotenv, openArgs, type Production, sealProduction, startProduction } from "./production.ts"

let production: Production
beforeAll(async () => {
  production = await startProduction((before) => ({
    ...before,
    ...withRole(before, "pod", { mechanisms: ["static", "web-identity", "pod-identity", "container"] }),
  }))
  await sealProduction(production)
})
afterAll(() => production.aws.stop())

/** Writes down every module that a process loads, CommonJS or not, by its URL. */
const trace = `
import { appendFileSync } from "node:fs"
import { registerHooks } from "node:module"
registerHooks({
  load(url, context, nextLoad) {
    appendFileSync("trace.txt", url + "\\n")
    return nextLoad(url, context)
  },
})
`

function packagesOf(text: string): string[] {
  const names = text.split("\n").flatMap((url) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1] ?? [])
  return [...new Set(names)].sort()
}

/** The files of the program, each named after what it begins with, and a hash. */
function partsOf(text: string): string[] {
  return [...text.matchAll(/\/dist\/program\/([a-z-]+?)(?:-[\w-]{8})?\.js$/gm)]
    .map(([, name = ""]) => name)
    .sort()
}

// The binary holds all modules in one file.
test.skipIf(standalone)(
  "open with an identity is one file of the program and no package: no AWS module, no commander",
  async () => {
    const box = await sealedSandbox()
    writeFileSync(box.path("trace.mjs"), trace)
    const run = await box.envseal([...localOpenArgs, "--stdout"], {
      runtimeArgs: ["--import", "./trace.mjs"],
    })
    expect(run.status).toBe(0)
    const loaded = readFileSync(box.path("trace.txt"), "utf8")
    expect(partsOf(loaded)).toEqual(["open"])
    expect(packagesOf(loaded)).toEqual([])
  },
)

test.skipIf(standalone).each([
  ["the identity is not there", ["open", "-i", "none", "--stdout"], "", ["open"]],
  ["the envelope is not there", [...localOpenArgs, "--in", "none", "--stdout"], "", ["open"]],
  ["it is no envelope", [...localOpenArgs, "--in", "key.txt", "--stdout"], "", ["open"]],
  [
    "it comes from standard input",
    [...localOpenArgs, "--in", "-", "--stdout"],
    ".env.sealed",
    ["chunks", "open"],
  ],
])("open loads no other command of the program where %s", async (_, args, input, parts) => {
  const box = await sealedSandbox()
  writeFileSync(box.path("trace.mjs"), trace)
  const stdin = input === "" ? "" : readFileSync(box.path(input))
  await box.envseal(args, { stdin, runtimeArgs: ["--import", "./trace.mjs"] })
  const loaded = readFileSync(box.path("trace.txt"), "utf8")
  expect(partsOf(loaded)).toEqual(parts)
  expect(packagesOf(loaded)).toEqual([])
})

test.skipIf(standalone)("seal of a file is two files of the program and one package", async () => {
  const box = await sealedSandbox()
  writeFileSync(box.path("trace.mjs"), trace)
  const args = ["seal", "-f", "file:secret.json", "-r", recipient, "-c", "app=shop", "-o", "again.sealed"]
  const run = await box.envseal(args, { runtimeArgs: ["--import", "./trace.mjs"] })
  expect(run.status, run.stderr).toBe(0)
  const loaded = readFileSync(box.path("trace.txt"), "utf8")
  expect(partsOf(loaded)).toEqual(["open", "rolldown-runtime", "seal"])
  expect(packagesOf(loaded)).toEqual(["@humanwhocodes/momoa"])
})

test.skipIf(standalone).each([
  [
    "and loads it with an environment that stands in one",
    "version: 1\napp: shop\nenvironments: { test: {} }\n",
    true,
  ],
  ["and loads none where there is no settings file", null, false],
])("open loads a reader of YAML only for a settings file, %s", async (_, settings, loads) => {
  const box = await sealedSandbox()
  writeFileSync(box.path("trace.mjs"), trace)
  if (settings !== null) writeFileSync(box.path("envseal.yaml"), settings)
  const run = await box.envseal([...localOpenArgs, "--stdout"], {
    env: { ENVSEAL_ENVIRONMENT: "test" },
    runtimeArgs: ["--import", "./trace.mjs"],
  })
  expect(run.status, run.stderr).toBe(0)
  const packages = packagesOf(readFileSync(box.path("trace.txt"), "utf8"))
  expect([packages.includes("yaml"), packages.includes("zod")]).toEqual([loads, loads])
})

test.skipIf(standalone).each(["static", "pod-identity", "container", "web-identity"] as const)(
  "open with KMS and %s credentials is two files of the program and no package: no module of AWS",
  async (via) => {
    const { box, as } = production
    rmSync(box.path("trace.txt"), { force: true })
    writeFileSync(box.path("trace.mjs"), trace)
    const run = await box.envseal([...openArgs], {
      env: as("pod", via),
      runtimeArgs: ["--import", "./trace.mjs"],
    })
    expect(run).toMatchObject({ status: 0, stdout: dotenv })
    const loaded = readFileSync(box.path("trace.txt"), "utf8")
    expect(partsOf(loaded)).toEqual(["kms", "open"])
    expect(packagesOf(loaded)).toEqual([])
  },
)

test.skipIf(standalone)(
  "open with KMS loads its client where the environment does not tell all",
  async () => {
    const { box, as } = production
    writeFileSync(box.path("trace.mjs"), trace)
    writeFileSync(box.path("config"), "[default]\nregion = eu-west-1\n")
    const env = { ...as("pod"), AWS_CONFIG_FILE: box.path("config") }
    const run = await box.envseal([...openArgs], { env, runtimeArgs: ["--import", "./trace.mjs"] })
    expect(run).toMatchObject({ status: 0, stdout: dotenv })
    const packages = packagesOf(readFileSync(box.path("trace.txt"), "utf8"))
    expect(packages).toContain("@aws-sdk/client-kms")
    expect(
      packages.filter((name) =>
        /secrets-manager|codebuild|cloudwatch|client-(?:ecr|eks|sts)|kubernetes|proxy-agent|sso/.test(name),
      ),
    ).toEqual([])
  },
)
