import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { parseAllDocuments } from "yaml"
import { filesIn, settings, shop } from "./shop.ts"

const written = [
  "envseal/qa/.gitignore",
  "envseal/qa/cloudformation.yaml",
  "envseal/qa/main.tf",
  "envseal/qa/module/main.tf",
  "envseal/qa/policies/build.json",
  "envseal/qa/policies/deployer.json",
  "envseal/qa/policies/key.json",
  "envseal/qa/policies/pod.json",
  "envseal/qa/role.yaml",
  "kubernetes/qa/schedule.yaml",
  "kubernetes/qa/service-account.yaml",
  "kubernetes/qa/web.yaml",
  "kubernetes/qa/worker.yaml",
]

const entry = `
  qa:
    secret: shop/qa
    recipients: [aws-kms:alias/envseal-qa]
    build: { project: shop-qa }
    cluster: { eks: main, namespace: shop-qa }
    roles:
      build: arn:aws:iam::111122223333:role/shop-qa-build
      pod: arn:aws:iam::111122223333:role/shop-qa-pod
`

describe("envseal env add", () => {
  test("puts the entry after the others, writes the files, and ends with what is left to do", async () => {
    const box = shop()
    const run = await box.envseal(["env", "add", "qa", "--from", "staging"])
    expect(run.status).toBe(0)
    const files = filesIn(box)
    expect(files["envseal.yaml"]).toBe(settings + entry)
    expect(Object.keys(files)).toEqual([".env.example", "buildspec.yaml", "envseal.yaml", ...written].sort())
    for (const path of written) expect(run.stdout).toContain(`${path}: written\n`)
    expect(run.stdout).toContain("\n+    secret: shop/qa\n")
    expect(run.stderr).toContain("envseal: qa is like staging\n")
    const steps = [...run.stderr.matchAll(/^ *\d+\. (\S+(?: \S+)?)/gm)].map(([, words]) => words)
    expect(steps).toEqual([
      "add qa",
      "see that",
      "review the",
      "put the",
      "make the",
      "give the",
      "give the",
      "let that",
      "commit it",
      "build the",
      "make the",
      "prove every",
      "deploy",
    ])
    expect(run.stderr).toContain("add qa to the environments that buildspec.yaml:2 lets through\n")
  })

  test("writes no value of the example, and names no other environment", async () => {
    const box = shop()
    const { stdout, stderr } = await box.envseal(["env", "add", "qa", "--from", "production"])
    const files = filesIn(box)
    expect(stderr).toContain("qa is like production, but for its kmsKeys\n")
    for (const path of written) {
      expect(files[path]).not.toMatch(/canary-in-the-example|production|staging|1234abcd/)
    }
    expect(stdout.replaceAll(/^ .*$/gm, "")).not.toMatch(/production|1234abcd/)
  })

  test("writes policies that envseal policy prints once the key's ARN is in the settings", async () => {
    const box = shop()
    await box.envseal(["env", "add", "qa"])
    const key = "arn:aws:kms:eu-west-1:111122223333:key/99999999-12ab-34cd-56ef-1234567890ab"
    const text = filesIn(box)["envseal.yaml"] ?? ""
    writeFileSync(box.path("envseal.yaml"), `${text}    kmsKeys: [${key}]\n`)
    const kinds = ["build", "pod", "deployer", "key"]
    const printed = await Promise.all(kinds.map((kind) => box.envseal(["policy", kind, "-e", "qa"])))
    for (const [at, kind] of kinds.entries()) {
      const file = readFileSync(box.path(`envseal/qa/policies/${kind}.json`), "utf8")
      expect(file.replaceAll("key/KEY-ID", key.replace(/^.*:/, ""))).toBe(printed[at]?.stdout)
    }
    const { stdout } = await box.envseal(["policy", "cluster", "-e", "qa"])
    const [role] = parseAllDocuments(readFileSync(box.path("envseal/qa/role.yaml"), "utf8"))
    expect(role?.toJS()).toEqual(JSON.parse(stdout))
  })

  test("with --dry-run prints the difference and every file, and writes nothing", async () => {
    const box = shop()
    const before = filesIn(box)
    const run = await box.envseal(["env", "add", "qa", "--dry-run", "--create-secret"])
    expect(run.status).toBe(0)
    expect(filesIn(box)).toEqual(before)
    expect(run.stdout).toContain("+  qa:\n+    secret: shop/qa\n")
    for (const path of written) expect(run.stdout).toContain(`==> ${path} <==\n`)
    expect(run.stderr).toContain("the secret shop/qa would be made, without a value\n")
    expect(run.stderr).toContain("14 files would be written")
  })

  test("with --json reports all of it, and with --quiet says nothing on standard error", async () => {
    const box = shop()
    const run = await box.envseal(["env", "add", "qa", "--json", "--source", "release/1", "--eks", "other"])
    expect(run).toMatchObject({ status: 0, stderr: "" })
    expect(JSON.parse(run.stdout)).toMatchObject({
      dryRun: false,
      environment: "qa",
      from: "staging",
      secret: { name: "shop/qa", outcome: null },
    })
    expect(filesIn(box)["envseal.yaml"]).toContain("build: { project: shop-qa, source: release/1 }")
    expect(filesIn(box)["envseal/qa/module/main.tf"]).toContain('cluster_name    = "other"')
    const quiet = await shop().envseal(["env", "add", "qa", "--quiet"])
    expect(quiet).toMatchObject({ status: 0, stderr: "" })
  })

  test("below the folder of the settings writes beside them", async () => {
    const box = shop({ "app/Http/Kernel.php": "" })
    const run = await box.run(process.execPath, [...command(box), "env", "add", "qa"])
    expect(run.status).toBe(0)
    expect(Object.keys(filesIn(box))).toContain("envseal/qa/main.tf")
    expect(run.stderr).toMatch(/ 1\. go where the settings are: .*\n {6}cd \.\.\/\.\.\n/)
  })

  test("leaves a manifest that is there, and writes the new one beside it", async () => {
    const box = shop({ "kubernetes/qa/web.yaml": "mine: true\n" })
    const run = await box.envseal(["env", "add", "qa"])
    expect(run.status).toBe(0)
    expect(run.stdout).toContain("kubernetes/qa/web.yaml: left as it is; written beside it as")
    expect(filesIn(box)["kubernetes/qa/web.yaml"]).toBe("mine: true\n")
    expect(run.stderr).toContain("diff -u kubernetes/qa/web.yaml kubernetes/qa/web.yaml.envseal")
  })

  test("says what settings lack that know nothing of the container that copies static files", async () => {
    const older = settings.replace("{ deployment: shop-web, withoutOpen: [public] }", "deployment/shop-web")
    const said = "in the place of deployment/shop-web, write { deployment: shop-web, withoutOpen: [public] }"
    const run = await shop({ "envseal.yaml": older }).envseal(["env", "add", "qa"])
    expect(run.stderr.replace(/\s+/g, " ")).toContain(said)
    expect((await shop().envseal(["env", "add", "qa"])).stderr).not.toContain("withoutOpen")
  })

  test("takes the readiness of the other environment's manifest, and writes none for other workloads", async () => {
    const probe = "readinessProbe:\n  httpGet: { path: /alive, port: http }\n"
    const box = shop({ "kubernetes/staging/web.yaml": probe })
    await box.envseal(["env", "add", "qa"])
    expect(filesIn(box)["kubernetes/qa/web.yaml"]).toContain("path: /alive, port: http")
    const other = shop({ "envseal.yaml": settings.replaceAll("deployment: shop-web", "deployment: front") })
    await other.envseal(["env", "add", "qa"])
    expect(Object.keys(filesIn(other)).filter((path) => path.startsWith("kubernetes/"))).toEqual([])
    expect(filesIn(other)["envseal/qa/role.yaml"]).toContain("- front")
  })
})

/** envseal in a folder below. */
function command(box: { path(name: string): string }): string[] {
  const root = new URL("../../../bin/envseal.js", import.meta.url).pathname
  const script = `process.chdir(${JSON.stringify(box.path("app/Http"))}); process.argv.splice(1, 0, ${JSON.stringify(root)}); await import(${JSON.stringify(root)})`
  return ["--input-type=module", "-e", script, "--"]
}

describe("envseal env add refuses, and writes nothing, for", () => {
  test.each<[string, string[], Record<string, string>, number, RegExp]>([
    ["a name that is there", ["staging"], {}, 2, /envseal\.yaml has staging already \[USAGE\]/],
    ["a name that is none", ["Q_A"], {}, 2, /"Q_A" is no name/],
    ["another environment that is not there", ["qa", "--from", "stagin"], {}, 2, /did you mean staging\?/],
    ["no settings file", ["qa", "--config", "other.yaml"], {}, 2, /\[CONFIG_MISSING\]/],
    ["settings with mistakes", ["qa"], { "envseal.yaml": "version: 2\n" }, 2, /\[CONFIG_MALFORMED\]/],
    [
      "settings without an account",
      ["qa"],
      { "envseal.yaml": settings.replace('  account: "111122223333"\n', "") },
      2,
      /environments\.qa\.account is missing/,
    ],
    [
      "an account that is none",
      ["qa", "--account", "12"],
      {},
      2,
      /environments\.qa\.account is "12"; write the 12 digits/,
    ],
    [
      "a key that all environments would have",
      ["qa"],
      {
        "envseal.yaml": settings.replace(
          "defaults:\n",
          "defaults:\n  kmsKeys: [arn:aws:kms:eu-west-1:111122223333:key/1]\n",
        ),
      },
      2,
      /defaults\.kmsKeys would make qa accept the key of the others/,
    ],
    [
      "a namespace of another environment",
      ["qa", "--namespace", "shop-production"],
      {},
      2,
      /environments\.qa\.cluster\.namespace.*would be that of production/,
    ],
    ["a file where a folder is to be", ["qa"], { "envseal/qa": "a file\n" }, 4, /\[TARGET_UNSAFE\]/],
  ])("%s", async (_, args, files, status, message) => {
    const box = shop(files)
    const before = filesIn(box)
    const run = await box.envseal(["env", "add", ...args])
    expect(run.status).toBe(status)
    expect(run.stdout).toBe("")
    expect(run.stderr).toMatch(message)
    expect(filesIn(box)).toEqual(before)
  })

  test("env alone, and env with another word", async () => {
    const box = shop()
    const alone = await box.envseal(["env"])
    expect(alone).toMatchObject({ status: 2, stdout: "" })
    expect(alone.stderr).toContain("hint: write one of: envseal env add")
    expect(await box.envseal(["env", "remove"])).toMatchObject({ status: 2, stdout: "" })
  })

  test("a settings file that is a link, and a folder that is one", async () => {
    const box = shop()
    symlinkSync("envseal.yaml", box.path("linked.yaml"))
    const linked = await box.envseal(["env", "add", "qa", "--config", "linked.yaml"])
    expect(linked.status).toBe(4)
    expect(linked.stderr).toMatch(/\[TARGET_UNSAFE\]/)
    mkdirSync(box.path("elsewhere"))
    symlinkSync("elsewhere", box.path("kubernetes"))
    const before = filesIn(box)
    expect((await box.envseal(["env", "add", "qa"])).status).toBe(4)
    expect(filesIn(box)).toEqual(before)
  })
})
