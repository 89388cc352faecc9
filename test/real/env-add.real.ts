import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { BatchGetBuildsCommand, StartBuildCommand } from "@aws-sdk/client-codebuild"
import { afterAll, beforeAll, expect, test } from "vitest"
import { environmentFor, type FakeAws, startFakeAwsApart } from "../fake/aws/client.ts"
import { successPlay } from "../fake/aws/deploy-world.ts"
import type { Project } from "../fake/aws/project.ts"
import { codeBuildAs } from "../fake/aws/sdk.ts"
import { defaultWorld, roleArn, withSecret } from "../fake/aws/world.ts"
import { settings, shop } from "../script/env/shop.ts"
import { madeKey, propertiesOf, rolesAndKeyOf } from "../script/env/stack.ts"
import type { Sandbox } from "../script/harness.ts"
import { type ControlPlane, startControlPlane } from "./cluster/control-plane.ts"
import { digestOf } from "./cluster/plays.ts"
import { hangMs } from "./hang.ts"

/** As `envseal init` writes it, with an image that carries envseal. */
const buildspec = readFileSync(join(import.meta.dirname, "../../buildspec.yaml"), "utf8").replace(
  /(ENVSEAL_BINARY: \S+@)\S+/,
  `$1${digestOf("ready", 3)}`,
)

/** What the second build makes. */
const built = digestOf("ready", 2)

let folder: string
let aws: FakeAws
let plane: ControlPlane
let box: Sandbox

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "envseal-env-"))
  const policy = { Effect: "Allow", Action: "secretsmanager:CreateSecret", Resource: "*" } as const
  const admin = {
    name: "admin",
    policies: [{ Version: "2012-10-17", Statement: policy } as const],
    mechanisms: ["static"] as const,
  }
  aws = await startFakeAwsApart({
    ...defaultWorld,
    roles: [admin],
    keys: [],
    secrets: [],
    buildClock: { speed: 120 },
  })
  plane = await startControlPlane({
    folder: join(folder, "plane"),
    tokenWebhook: { url: `${aws.url}/_eks/token-review/main` },
  })
  box = shop({ "envseal.yaml": `${settings}\n`, "buildspec.yaml": buildspec })
})
afterAll(async () => {
  await plane?.stop()
  await aws?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const as = (role: string) => environmentFor(aws, { via: "static", role, folder: box.folder })

/** What a person who follows the steps does with the template. */
async function applyTemplate(): Promise<void> {
  const template = box.path("envseal/qa/cloudformation.yaml")
  const { roles, keys } = rolesAndKeyOf(template)
  const group = propertiesOf(template, "DeployerEntry")["KubernetesGroups"]
  const { Namespace, ServiceAccount } = propertiesOf(template, "PodIdentity")
  const identity = { namespace: String(Namespace), serviceAccount: String(ServiceAccount) }
  const { RepositoryName, ImageTagMutability } = propertiesOf(template, "Repository")
  if (ImageTagMutability !== "IMMUTABLE") throw new Error("the tags of the repository can be moved")
  await aws.setWorld({
    roles,
    keys,
    projects: [projectIn(template)],
    repositories: [{ name: String(RepositoryName), images: [], imageTagMutability: ImageTagMutability }],
    eksClusters: [
      {
        name: "main",
        endpoint: plane.server,
        ca: readFileSync(plane.ca).toString("base64"),
        accessEntries: [{ role: roleArn("deployer"), groups: group as string[] }],
        podIdentityAssociations: [
          { id: "a-1234567890abcdefg", ...identity, roleArn: roleArn("shop-qa-pod") },
        ],
      },
    ],
  })
}

interface ProjectProperties {
  readonly Name: string
  readonly Source: { readonly Type: "GITHUB"; readonly Location: string; readonly BuildSpec: string }
  readonly SourceVersion: string
  readonly Environment: {
    readonly Image: string
    readonly PrivilegedMode: boolean
    readonly EnvironmentVariables: readonly { readonly Name: string; readonly Value: string }[]
  }
}

function projectIn(template: string): Project {
  const { Name, Source, SourceVersion, Environment } = propertiesOf(
    template,
    "Project",
  ) as unknown as ProjectProperties
  const variables = Environment.EnvironmentVariables.map(({ Name: name, Value }) => [name, Value])
  return {
    name: Name,
    source: { type: Source.Type, location: Source.Location, buildspec: Source.BuildSpec },
    sourceVersion: SourceVersion,
    serviceRole: roleArn("shop-qa-build"),
    environment: {
      image: Environment.Image,
      privilegedMode: Environment.PrivilegedMode,
      variables: Object.fromEntries(variables),
    },
    plays: [successPlay(digestOf("ready", 1), ["build-{build}"]), successPlay(built, ["build-{build}"])],
  }
}

/** What the deployer does by hand before anything runs. */
async function buildFirst(): Promise<void> {
  const codeBuild = codeBuildAs(aws, "deployer")
  const { build } = await codeBuild.send(new StartBuildCommand({ projectName: "shop-qa" }))
  const ask = new BatchGetBuildsCommand({ ids: [build?.id ?? ""] })
  await expect
    .poll(async () => (await codeBuild.send(ask)).builds?.[0]?.buildStatus, { timeout: hangMs })
    .toBe("SUCCEEDED")
}

function pinKey(): void {
  writeFileSync(
    box.path("envseal.yaml"),
    `${readFileSync(box.path("envseal.yaml"), "utf8")}    kmsKeys: [${madeKey}]\n`,
  )
  for (const name of readdirSync(box.path("kubernetes/qa"))) {
    const path = box.path(`kubernetes/qa/${name}`)
    const text = readFileSync(path, "utf8")
    writeFileSync(path, text.replace(/# - (\{ name: ENVSEAL_KMS_KEY, value: )ARN/, `- $1${madeKey}`))
  }
}

function letThrough(): void {
  const path = box.path("buildspec.yaml")
  writeFileSync(
    path,
    readFileSync(path, "utf8").replace("production | staging)", "production | staging | qa)"),
  )
}

/** What the cluster has of the pod template. */
async function podVariables(): Promise<Record<string, string>> {
  const path = "jsonpath={.spec.template.spec.containers[0].env}"
  const text = await plane.read(["get", "deployment/shop-web", "--namespace", "shop-qa", "-o", path])
  const variables: { name: string; value: string }[] = JSON.parse(text)
  return Object.fromEntries(variables.map(({ name, value }) => [name, value]))
}

test("an environment that is added and set up as its last lines say is in order, for all who ask", async () => {
  const added = await box.envseal(["env", "add", "qa", "--create-secret"], { env: as("admin") })
  expect(added.status).toBe(0)
  expect(added.stderr).toMatch(/add qa to the environments that buildspec\.yaml:\d+ lets through\n/)
  await applyTemplate()
  pinKey()
  letThrough()
  const values = { APP_NAME: "Shop", APP_KEY: "base64:abc=", DB_PASSWORD: "it's $5" }
  const version = { id: "00000000-0000-4000-8000-000000000001", stages: ["AWSCURRENT"] }
  const versions = [{ ...version, string: JSON.stringify(values) }]
  await aws.setWorld(withSecret(await aws.world(), "shop/qa", { versions }))
  await plane.read(["create", "namespace", "shop-qa"])
  await plane.read(["apply", "-f", box.path("envseal/qa/role.yaml")])
  await buildFirst()
  const printed = await box.envseal(["manifests", "qa"], {
    env: { ...as("deployer"), KUBECONFIG: "/dev/null" },
  })
  expect([printed.status, printed.stdout]).toEqual([
    0,
    expect.stringContaining(`/shop@${digestOf("ready", 1)}\n`),
  ])
  await plane.read(["apply", "-f", "-"], { input: printed.stdout })
  await plane.read(["apply", "set-last-applied", "-f", box.path("kubernetes/qa")])
  for (const [who, role] of [
    ["build", "shop-qa-build"],
    ["pod", "shop-qa-pod"],
    ["deployer", "deployer"],
  ] as const) {
    const env = { ...as(role), KUBECONFIG: "/dev/null", ...(who === "pod" ? await podVariables() : {}) }
    const run = await box.envseal(["doctor", "qa", "--as", who, "--json"], { env })
    const { environments } = JSON.parse(run.stdout)
    const findings: { answer: string; link: string }[] = environments.flatMap(
      ({ findings: of }: { findings: object[] }) => of,
    )
    expect(findings.filter(({ answer }) => answer === "no")).toEqual([])
    expect(findings.filter(({ answer }) => answer === "ok").length).toBeGreaterThan(3)
  }
})

test("a deployer deploys to it by the policies, the group and the Role that were written", async () => {
  const args = ["deploy", "qa", "--commit", "0123456789abcdef0123456789abcdef01234567", "--json"]
  const run = await box.envseal(args, { env: { ...as("deployer"), KUBECONFIG: "/dev/null" } })
  expect(run.status).toBe(0)
  expect(run.stderr).toBe("")
  for (const workload of ["deployment/shop-web", "deployment/shop-worker", "cronjob/shop-schedule"]) {
    const text = await plane.read(["get", workload, "--namespace", "shop-qa", "-o", "json"])
    expect(text).toContain(`/shop@${built}"`)
  }
})
