import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import fc from "fast-check"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { cloudFormationFile } from "../../src/setup/core/cloudformation.ts"
import type { NewFile } from "../../src/setup/core/file.ts"
import { hclValue } from "../../src/setup/core/hcl.ts"
import { imagePlacesIn, withImages } from "../../src/setup/core/image-place.ts"
import { terraformFiles } from "../../src/setup/core/terraform.ts"
import { shop } from "../script/env/shop.ts"
import type { Sandbox } from "../script/harness.ts"
import { stacks } from "../setup/core/stacks.ts"
import { type ControlPlane, startControlPlane } from "./cluster/control-plane.ts"
import { runTofu } from "./terraform/tofu.ts"

const cfnLint = join(import.meta.dirname, "../../.cache/cfn-lint/bin/cfn-lint")
const folder = mkdtempSync(join(tmpdir(), "envseal-setup-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Of all templates at once: it takes seconds to start. */
function lint(texts: Readonly<Record<string, string>>): { status: number | null; output: string } {
  const paths = Object.entries(texts).map(([name, text]) => {
    const path = join(folder, `${name}.yaml`)
    writeFileSync(path, text)
    return path
  })
  const { status, stdout, stderr } = spawnSync(cfnLint, ["--template", ...paths], { encoding: "utf8" })
  return { status, output: `${stdout}${stderr}` }
}

function tofu(name: string, files: readonly Pick<NewFile, "path" | "text">[], ...args: readonly string[]) {
  const root = join(folder, name.replaceAll(" ", "-"))
  for (const { path, text } of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  const resources = files.flatMap(({ text }) =>
    [...text.matchAll(/^resource "(\w+)"/gm)].map(([, resource = ""]) => resource),
  )
  const run = (...words: readonly string[]) =>
    runTofu(words, join(root, "qa"), join(folder, "tofu"), resources)
  // Puts the module where the root finds it, and asks no registry.
  if (files.length > 1 && args[0] === "validate") run("get", "-no-color")
  return run(...args)
}

/** A manifest with an image where it has none. */
function filled(text: string, image: string): string {
  const bare = (imagePlacesIn(text).places ?? []).filter((place) => place.image === null)
  return withImages(
    text,
    bare.map(({ splice }) => ({ splice, image })),
  )
}

const usual = stacks["the usual"]
if (usual === undefined) throw new Error("there is no usual stack")

describe("the template for CloudFormation", () => {
  test("passes cfn-lint without a word, whatever the environment is made of", () => {
    const all = Object.entries(stacks).map(([name, make]) => [
      name,
      cloudFormationFile(make(), "envseal/qa").text,
    ])
    expect(lint(Object.fromEntries(all))).toEqual({ status: 0, output: "" })
  })

  test("would not pass with a property, a resource or a value that there is not", () => {
    const { text } = cloudFormationFile(usual(), "envseal/qa")
    const { status, output } = lint({
      property: text.replace("EnableKeyRotation", "EnableKeyRotatoin"),
      resource: text.replace("- PodRole\n", "- PodRoll\n"),
      value: text.replace("IMMUTABLE", "IMMUTABEL"),
    })
    expect(status).not.toBe(0)
    const found = [...output.matchAll(/^(E\d+).*\n.*\/(\w+)\.yaml:/gm)].map(
      ([, code, name]) => `${name} ${code}`,
    )
    expect(found.sort()).toEqual(expect.arrayContaining(["property E3002", "resource E1010", "value E3030"]))
  })
})

describe("the module for Terraform, and the root that applies it", () => {
  test.each(Object.entries(stacks))("are valid, and as fmt writes them, for %s", (name, make) => {
    const files = terraformFiles(make(), "qa")
    const validated = tofu(name, files, "validate", "-no-color")
    expect(validated.output).toContain("Success! The configuration is valid")
    expect(validated.status).toBe(0)
    expect(tofu(name, files, "fmt", "-check", "-diff", "-recursive")).toEqual({ status: 0, output: "" })
  })

  test("go together: the module may be one of several, and takes what the root passes on", () => {
    const [, module] = terraformFiles(usual(), "qa")
    const caller = (more: string) => `module "all" {
  for_each = toset(["one"])
  source   = "./module"
${more}}
`
    const call = (more: string) =>
      tofu(
        "caller",
        [{ path: "qa/main.tf", text: caller(more) }, ...(module === undefined ? [] : [module])],
        "validate",
        "-no-color",
      )
    expect(call('  tags     = { trial = "1" }\n').output).toContain("Success!")
    expect(call('  tag      = { trial = "1" }\n').output).toContain("Unsupported argument")
    expect(module?.text).not.toMatch(/^provider/m)
  })

  test.each([
    ["an argument that there is not", /enable_key_rotation /, "enable_key_rotatoin ", "Unsupported argument"],
    ["an argument left out", /^ {2}role_arn .*\n/m, "", "Missing required argument"],
    ["a block that there is not", /artifacts \{/, "artefacts {", "Unsupported block type"],
    ["a block left out", / {2}artifacts \{\n.*\n {2}\}\n/, "", "Insufficient artifacts blocks"],
    ["a resource type that there is not", /"aws_kms_alias"/, '"aws_kms_aliases"', "Invalid resource type"],
    [
      "a resource that is not there",
      /aws_kms_key\.envelopes\.key_id/,
      "aws_kms_key.envelope.key_id",
      "undeclared resource",
    ],
    [
      "an attribute that there is not",
      /aws_iam_role\.pod\.arn$/m,
      "aws_iam_role.pod.arm",
      "Unsupported attribute",
    ],
    ["a value of another kind", /privileged_mode = true/, 'privileged_mode = "very"', "a bool is required"],
  ])("would not be valid with %s", (_, pattern, other, words) => {
    const [root, module] = terraformFiles(usual(), "qa")
    if (root === undefined || module === undefined) throw new Error("there is no module")
    const wrong = module.text.replace(pattern, other)
    expect(wrong).not.toBe(module.text)
    const { status, output } = tofu("wrong", [root, { ...module, text: wrong }], "validate", "-no-color")
    expect(status).toBe(1)
    expect(output.replace(/\s+/g, " ")).toContain(words)
  })
})

test("an expression means the data that it was written for", () => {
  const text = fc.oneof(
    // Every text is put into this form of Unicode.
    fc.string({ unit: "grapheme" }).map((one) => one.normalize("NFC")),
    fc.string({ unit: fc.constantFrom("$", "{", "}", "%", '"', "\\", "\n", "~", "a", "\t", "\r") }),
  )
  const { data } = fc.letrec((tie) => ({
    data: fc.oneof(
      { maxDepth: 4 },
      fc.oneof(text, fc.boolean(), fc.constant(null), fc.integer()),
      fc.array(tie("data"), { maxLength: 4 }),
      fc.dictionary(text, tie("data"), { maxKeys: 4, noNullPrototype: true }),
    ),
  }))
  const values = fc.sample(data, { numRuns: 300, seed: 1 })
  const main = `output "values" {\n  value = jsonencode(${hclValue(values, "  ")})\n}\n`
  const files = [{ path: "qa/main.tf", text: main }]
  expect(tofu("values", files, "apply", "-auto-approve", "-no-color").output).toContain("Apply complete!")
  const { output } = tofu("values", files, "output", "-raw", "values")
  expect(JSON.parse(output.slice(output.indexOf("[")))).toEqual(values)
})

describe("in a cluster", () => {
  let plane: ControlPlane
  let box: Sandbox

  beforeAll(async () => {
    plane = await startControlPlane({
      folder: join(folder, "plane"),
      users: { deployer: ["shop-qa-deployers"], other: ["shop-staging-deployers"] },
    })
    box = shop()
    const run = await box.envseal(["env", "add", "qa", "--from", "staging"])
    if (run.status !== 0) throw new Error(run.stderr)
    await plane.namespace("shop-qa")
  })
  afterAll(() => plane?.stop())

  test("the API server takes the Role, its binding and every manifest", async () => {
    const image = `shop@sha256:${"1".repeat(64)}`
    const folder = box.path("kubernetes/qa")
    const texts = readdirSync(folder).map((name) => filled(readFileSync(join(folder, name), "utf8"), image))
    const input = [readFileSync(box.path("envseal/qa/role.yaml"), "utf8"), ...texts].join("---\n")
    const { status, stdout, stderr } = await plane.kubectl(["apply", "--dry-run=server", "-f", "-"], {
      input,
    })
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" })
    expect(stdout.match(/\(server dry run\)$/gm)?.length).toBe(8)
  })

  test("members of the group may deploy there, and nobody else, and nobody reads a Secret", async () => {
    await plane.read(["apply", "-f", box.path("envseal/qa/role.yaml")])
    const may = async (user: string, ...args: string[]) => {
      const kubeconfig = await plane.tokenKubeconfig(user)
      const { stdout } = await plane.kubectl(["auth", "can-i", ...args, "-n", "shop-qa"], { kubeconfig })
      return stdout.trim()
    }
    expect(await may("deployer", "patch", "deployments.apps/shop-web")).toBe("yes")
    expect(await may("deployer", "patch", "cronjobs.batch/shop-schedule")).toBe("yes")
    expect(await may("deployer", "patch", "deployments.apps/another")).toBe("no")
    expect(await may("deployer", "get", "secrets")).toBe("no")
    expect(await may("other", "patch", "deployments.apps/shop-web")).toBe("no")
  })
})
