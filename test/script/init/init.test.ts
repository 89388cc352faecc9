import { mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { parseConfig } from "../../../src/config/load.ts"
import { laravelFiles, laravelNames } from "../../data/laravel.ts"
import { boxOf, env, filesOf, laravelBox, told } from "./box.ts"

const key = "arn:aws:kms:eu-central-1:444455556666:key/0a1b2c3d-12ab-34cd-56ef-0123456789ab"
const carrier = ["--binary-image", `a.b/envseal@sha256:${"1".repeat(64)}`]
const yes = ["init", "--yes", ...told]

const manifests = ["schedule.yaml", "service-account.yaml", "web.yaml", "worker.yaml"]
const policies = ["build", "deployer", "key", "pod"]
const written = [
  ...[".dockerignore", "Dockerfile", "boot.sh", "buildspec.yaml", "envseal.yaml", "php-fpm.conf"],
  ...[".gitattributes", "php.ini", "envseal/envseal.schema.json"],
  ...manifests.map((name) => `kubernetes/production/${name}`),
  ...policies.map((name) => `envseal/production/policies/${name}.json`),
  ...[".gitignore", "cloudformation.yaml", "main.tf", "module/main.tf", "role.yaml"].map(
    (name) => `envseal/production/${name}`,
  ),
]

function contextsOf(...names: readonly string[]): string {
  const contexts = names.map((name) => ({ name, context: { cluster: name, user: name } }))
  return JSON.stringify({ apiVersion: "v1", kind: "Config", contexts, clusters: [], users: [] })
}

describe.concurrent("envseal init --yes in a new Laravel app", () => {
  test("writes all that is needed, adds one line to .gitignore, and says what is next", async () => {
    const box = laravelBox()
    const run = await box.envseal([...yes, "--kms-key", key], { env })
    expect(run, run.stderr).toMatchObject({ status: 0 })
    const files = filesOf(box)
    const gitignore = `${laravelFiles[".gitignore"]}.env.sealed\n`
    expect(files).toMatchObject({ ...laravelFiles, ".gitignore": gitignore })
    const added = Object.keys(files).filter((path) => laravelFiles[path] === undefined)
    expect(added).toEqual([...written].sort())
    expect(statSync(box.path("boot.sh")).mode & 0o100).toBe(0o100)
    expect(run.stdout.split("\n")).toEqual(
      expect.arrayContaining(["envseal.yaml: written", "buildspec.yaml: written", ".gitignore: lines added"]),
    )
    expect(run.stderr).toContain("+.env.sealed\n")
    expect(run.stderr).toContain("23 files written; next:")
    expect(run.stderr).toContain("envseal doctor --offline production")
    expect(run.stderr).toContain("AWS SDKs of the app: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY\n")
    expect(run.stderr).toMatch(/^ +kubectl apply -f envseal\/production\/role\.yaml$/m)
    expect(run.stderr).toContain("envseal manifests production | kubectl apply -f -\n")
    expect(run.stderr.indexOf("git add")).toBeLessThan(run.stderr.indexOf("aws codebuild start-build"))
  })

  test("leaves .gitignore alone where nobody agreed, and says what it lacks", async () => {
    const box = laravelBox()
    const run = await box.envseal(["init", ...told, "--kms-key", key, "--env", "production"], { env })
    expect(run, run.stderr).toMatchObject({ status: 0 })
    expect(filesOf(box)).toMatchObject(laravelFiles)
    expect(run.stdout).toContain(".gitignore: left as it is\n")
    expect(run.stderr).toContain("add to .gitignore what it lacks")
    const [command = ""] = /printf .* >> \.gitignore$/m.exec(run.stderr) ?? []
    await box.run("sh", ["-c", command])
    expect(filesOf(box)[".gitignore"]).toBe(`${laravelFiles[".gitignore"]}.env.sealed\n`)
  })

  test("gives editors the schema of the settings, by a path from where these are", async () => {
    const box = laravelBox()
    await box.envseal([...yes, "--kms-key", key], { env })
    const files = filesOf(box)
    const [, path = ""] =
      /^# yaml-language-server: \$schema=\.\/(\S+)\n/.exec(files["envseal.yaml"] ?? "") ?? []
    const published = readFileSync(new URL("../../../envseal.schema.json", import.meta.url), "utf8")
    expect(JSON.parse(files[path] ?? "")).toEqual(JSON.parse(published))
  })

  test("writes settings that the other commands take", async () => {
    const box = laravelBox()
    await box.envseal([...yes, "--kms-key", key], { env })
    const secret = Object.fromEntries(laravelNames.map((name) => [name, `of ${name}`]))
    writeFileSync(box.path("secret.json"), JSON.stringify(secret))
    const args = ["-e", "production", "--from", "file:secret.json"]
    expect(await box.envseal(["check", ...args], { env })).toMatchObject({ status: 0 })
    writeFileSync(box.path("secret.json"), JSON.stringify({ ...secret, APP_KEY: undefined }))
    const lacking = await box.envseal(["check", ...args], { env })
    expect(lacking).toMatchObject({ status: 3 })
    expect(lacking.stdout).toContain("APP_KEY is required by .env.example")
    const policy = await box.envseal(["policy", "pod", "-e", "production"], { env })
    expect(JSON.parse(policy.stdout).Statement).toMatchObject([{ Action: "kms:Decrypt", Resource: key }])
    const keyPolicy = await box.envseal(["policy", "key", "-e", "production"], { env })
    expect(keyPolicy.stdout).toBe(filesOf(box)["envseal/production/policies/key.json"])
    const role = JSON.parse((await box.envseal(["policy", "cluster", "-e", "production"], { env })).stdout)
    expect(role.metadata.namespace).toBe("till-production")
  })

  test.each([
    { which: "its key", flags: ["--kms-key", key] },
    { which: "no key yet", flags: [] },
  ])("passes doctor --offline, with $which", async ({ flags }) => {
    const box = laravelBox()
    await box.envseal([...yes, ...flags, ...carrier], { env })
    const run = await box.envseal(["doctor", "--offline", "--json", "production"], { env })
    expect(run, run.stdout).toMatchObject({ status: 0 })
    expect(run.stdout).not.toContain('"no"')
  })

  test("is told by doctor that the carrier has no digest yet, and that the build refuses an environment added later", async () => {
    const box = laravelBox()
    await box.envseal([...yes, "--kms-key", key], { env })
    const before = await box.envseal(["doctor", "--offline"], { env })
    expect(before.status).toBe(0)
    expect(before.stdout).toContain("ENVSEAL_BINARY has the digest of an example, and names no image")
    await box.envseal(["env", "add", "qa"], { env })
    const run = await box.envseal(["doctor", "--offline"], { env })
    expect(run.status).toBe(3)
    expect(run.stdout).toContain("its case of ENVSEAL_ENVIRONMENT ends the build of qa")
    expect(run.stdout).toContain("→ add qa to the case in buildspec.yaml: production | qa) ;;\n")
  })

  test("lets the .dockerignore of another recipe be, and doctor reads the one of the Dockerfile", async () => {
    const own = { "docker/php/Dockerfile": "FROM php:8.3-cli\nCOPY tools /tools\n" }
    const box = laravelBox(own)
    await box.envseal([...yes, ...carrier], { env })
    expect(filesOf(box)).toMatchObject(own)
    expect(filesOf(box)[".dockerignore"]).toBeUndefined()
    const run = await box.envseal(["doctor", "--offline", "--json", "production"], { env })
    expect(run, run.stdout).toMatchObject({ status: 0 })
    writeFileSync(box.path("Dockerfile.dockerignore"), "node_modules\n")
    const faulty = await box.envseal(["doctor", "--offline", "production"], { env })
    expect(faulty).toMatchObject({ status: 3 })
    expect(faulty.stdout + faulty.stderr).toContain(">> Dockerfile.dockerignore")
  })

  test("takes PHP, Laravel and what it requires from what is there", async () => {
    const box = laravelBox({
      "composer.json": '{"name":"acme/till","require":{"php":"~8.3.0","laravel/framework":"^10.0"}}',
      ".git/config": '[remote "origin"]\n\turl = git@git.example.com:acme/other.git\n',
      ".git/HEAD": "ref: refs/heads/master\n",
    })
    const run = await box.envseal(["init", "--yes", ...told.slice(2)], { env })
    const files = filesOf(box)
    expect(files["Dockerfile"]).toMatch(/^ARG BASE_IMAGE=public\.ecr\.aws\/docker\/library\/php:8\.3-fpm$/m)
    const { app, environments } = parseConfig(files["envseal.yaml"] ?? "", "envseal.yaml")
    expect(app).toBe("till")
    expect(environments.get("production")).toMatchObject({
      require: { file: ".env.example", except: ["LOG_CHANNEL"] },
      build: { source: "master" },
      image: { repository: "444455556666.dkr.ecr.eu-central-1.amazonaws.com/till" },
    })
    expect(run.stderr).toContain("Laravel 10 has no route /up")
  })

  test("says what the app needs and from what, and puts it into the image", async () => {
    const lock = {
      packages: [
        { name: "acme/pdf", require: { php: ">=8.2 <8.4", "ext-gd": "*" } },
        { name: "laravel/horizon", require: { "ext-pcntl": "*", "ext-posix": "*" } },
      ],
      "packages-dev": [{ name: "acme/debug", require: { "ext-xdebug": "*" } }],
    }
    const box = laravelBox({ "composer.lock": JSON.stringify(lock), "package-lock.json": "{}" })
    const run = await box.envseal(yes, { env })
    const files = filesOf(box)
    expect(files["Dockerfile"]).toContain('ARG PHP_EXTENSIONS="gd opcache pcntl pdo_mysql pdo_pgsql redis"\n')
    expect(files["Dockerfile"]).toContain("ARG BASE_IMAGE=public.ecr.aws/docker/library/php:8.3-fpm\n")
    expect(files["Dockerfile"]).toContain("ARG VITE_APP_NAME\nRUN npm ci && npm run build\n")
    expect(files[".dockerignore"]).toContain("!package.json\n")
    expect(files["buildspec.yaml"]).toContain("--build-arg VITE_APP_NAME \\\n")
    expect(run.stderr).toContain("PHP's extension gd (acme/pdf in composer.lock)")
    expect(run.stderr).toContain("PHP's extension redis (laravel/horizon)")
    expect(run.stderr).toMatch(/PHP's extension pdo_mysql \(DB_CONNECTION=sqlite in \.env\.example: /)
    expect(run.stderr).toContain("npm run build (package-lock.json)")
    expect(run.stderr).not.toContain("xdebug")
  })

  test("says that composer.json is broken, not that there is none", async () => {
    const run = await laravelBox({ "composer.json": '{"require": {' }).envseal(yes, { env })
    expect(run).toMatchObject({ status: 0 })
    expect(run.stderr).toContain("1. mend composer.json, which is no JSON that can be read, and run it again")
    expect(run.stderr).not.toContain("there is no composer.json")
  })

  test("is called after its repository where composer.json is Laravel's own", async () => {
    const url = "https://someone:a-token@git.example.com/acme/counter.git"
    const box = laravelBox({ ".git/config": `[remote "origin"]\n\turl = ${url}\n` })
    const run = await box.envseal(["init", "--yes", ...told.slice(2)], { env })
    const files = filesOf(box)
    expect(files["envseal.yaml"]).toMatch(/^app: counter$/m)
    delete files[".git/config"]
    expect(JSON.stringify([files, run])).not.toContain("a-token")
  })

  test("takes cluster, account and Region from a kubeconfig that has just one of EKS", async () => {
    const box = laravelBox({ kubeconfig: contextsOf("arn:aws:eks:eu-north-1:777788889999:cluster/green") })
    const run = await box.envseal(["init", "--yes", "--app", "till"], {
      env: { ...env, KUBECONFIG: "kubeconfig" },
    })
    expect(run, run.stderr).toMatchObject({ status: 0 })
    const { environments } = parseConfig(filesOf(box)["envseal.yaml"] ?? "", "envseal.yaml")
    expect(environments.get("production")).toMatchObject({
      ...{ account: "777788889999", region: "eu-north-1", cluster: { eks: "green", context: null } },
    })
  })

  test("does not choose between two clusters", async () => {
    const names = ["green", "blue"].map((name) => `arn:aws:eks:eu-north-1:777788889999:cluster/${name}`)
    const box = laravelBox({ kubeconfig: contextsOf(...names) })
    const run = await box.envseal(["init", "--yes", "--app", "till"], {
      env: { ...env, KUBECONFIG: "kubeconfig" },
    })
    expect(run).toMatchObject({ status: 2 })
    expect(run.stderr).toContain("--eks is missing")
  })

  test("a kubeconfig that is damaged suggests nothing, and stops nothing", async () => {
    const box = laravelBox({ kubeconfig: "{" })
    expect(await box.envseal(yes, { env: { ...env, KUBECONFIG: "kubeconfig" } })).toMatchObject({ status: 0 })
  })

  test("sets up several environments, each with names and a key of its own", async () => {
    const box = laravelBox()
    const environments = ["--env", "production", "--env", "qa"]
    const run = await box.envseal([...yes, ...environments, "--kms-key", `qa=${key}`], { env })
    expect(run, run.stderr).toMatchObject({ status: 0 })
    const files = filesOf(box)
    const config = parseConfig(files["envseal.yaml"] ?? "", "envseal.yaml")
    expect(config.environments.get("production")).toMatchObject({
      ...{ secrets: ["till/production"], kmsKeys: [], recipients: ["aws-kms:alias/envseal-till-production"] },
      cluster: { namespace: "till-production" },
    })
    expect(config.environments.get("qa")).toMatchObject({
      ...{ secrets: ["till/qa"], kmsKeys: [key], recipients: [`aws-kms:${key}`] },
      cluster: { namespace: "till-qa" },
    })
    expect(files["buildspec.yaml"]).toContain("production | qa) ;;")
    expect(files["kubernetes/production/web.yaml"]).not.toContain("arn:aws:kms")
    expect(files["kubernetes/qa/web.yaml"]).toContain(`value: ${key}`)
    expect(files["envseal/production/cloudformation.yaml"]).toContain("AWS::KMS::Key")
    expect(files["envseal/qa/cloudformation.yaml"]).not.toContain("AWS::KMS::Key")
    expect(files["envseal/qa/cloudformation.yaml"]).toContain(key)
    expect(run.stderr).toContain("--template-file envseal/production/cloudformation.yaml")
    expect(run.stderr).toContain("put the key's ARN into envseal.yaml under environments.production")
    expect(run.stderr).not.toContain("put the key's ARN into envseal.yaml under environments.qa")
  })

  test("takes a cluster by its context, another image, namespace, recipient and what else is told", async () => {
    const box = laravelBox()
    const age = "age1xmwwc06ly3ee5rytxm9mflaz2u56jjj36s0mypdrwsvlul66mv4q47ryef"
    const image = `registry.example:5000/tools/envseal@sha256:${"ab".repeat(32)}`
    const args = [
      ...["init", "-y", ...told.slice(0, 6), "--cluster-context", "admin@home: 1", "--namespace", "123"],
      ...["--recipient", age, "--base-image", "php:8.2-fpm-alpine", "--binary-image", image],
      ...["--source", "release/1.x", "--health-path", "/ready", "--repository", "registry.example/till"],
    ]
    const run = await box.envseal(args, { env })
    expect(run, run.stderr).toMatchObject({ status: 0 })
    const files = filesOf(box)
    expect(parseConfig(files["envseal.yaml"] ?? "", "").environments.get("production")).toMatchObject({
      cluster: { eks: null, context: "admin@home: 1", namespace: "123" },
      recipients: ["aws-kms:alias/envseal-till-production", age],
      build: { source: "release/1.x" },
      image: { repository: "registry.example/till" },
    })
    expect(files["buildspec.yaml"]).toContain(`ENVSEAL_BINARY: ${image}\n`)
    expect(files["buildspec.yaml"]).toContain("ENVSEAL_LIBC: musl\n")
    expect(files["kubernetes/production/web.yaml"]).toContain('namespace: "123"\n')
    expect(files["kubernetes/production/web.yaml"]).toContain("path: /ready,")
    expect(run.stderr).not.toContain("push the image that carries envseal")
  })
})

describe.concurrent("envseal init", () => {
  test("without a terminal names everything that is missing at once, and writes nothing", async () => {
    const box = boxOf({})
    for (const flags of [[], ["--yes"]]) {
      const run = await box.envseal(["init", ...flags], { env })
      expect(run).toMatchObject({ status: 2, stdout: "" })
      const missing = [...run.stderr.matchAll(/^envseal: {3}(--\S+) is missing; .*\[MISSING_SETTING\]$/gm)]
      expect(missing.map(([, flag]) => flag)).toEqual(["--app", "--eks", "--account", "--region"])
    }
    expect(filesOf(box)).toEqual({})
  })

  test("tells all that is wrong at once, and writes nothing", async () => {
    const box = boxOf({})
    const wrong = [
      "--env",
      "a/b",
      "--kms-key",
      "alias/x",
      "--binary-image",
      "envseal:1",
      "--health-path",
      "up",
    ]
    const run = await box.envseal([...yes, ...wrong], { env })
    expect(run).toMatchObject({ status: 2, stdout: "" })
    const flags = [...run.stderr.matchAll(/^envseal: {3}(--\S+) is "[^"]*"; write .*\[BAD_SETTING\]$/gm)]
    expect(flags.map(([, flag]) => flag)).toEqual(["--env", "--kms-key", "--health-path", "--binary-image"])
    expect(filesOf(box)).toEqual({})
  })

  test("with --dry-run tells what it would write, and writes nothing", async () => {
    const box = laravelBox()
    const run = await box.envseal([...yes, "--dry-run"], { env })
    expect(run).toMatchObject({ status: 0 })
    expect(run.stdout).toContain("Dockerfile: would be written\n")
    expect(run.stdout).toContain(".gitignore: lines would be added\n")
    expect(run.stderr).toContain("23 files would be written; next:")
    expect(filesOf(box)).toEqual(laravelFiles)
  })

  test("asks whether it is the right folder where there is no Laravel app", async () => {
    const said = "see that this is the top of the app's repository"
    const nowhere = await boxOf({}).envseal(yes, { env })
    expect(nowhere.stderr).toContain(`${said}: there is no composer.json here\n`)
    const library = await boxOf({ "composer.json": '{"require":{"php":"^8.2"}}' }).envseal(yes, { env })
    expect(library.stderr).toContain(`${said}: composer.json does not require laravel/framework\n`)
    expect((await laravelBox().envseal(yes, { env })).stderr).not.toContain(said)
  })

  test("with --json reports one object, and says nothing else", async () => {
    const box = laravelBox({ Dockerfile: "FROM scratch\n" })
    const run = await box.envseal([...yes, "--json", "--quiet"], { env })
    expect(run).toMatchObject({ status: 0, stderr: "" })
    const result = JSON.parse(run.stdout)
    expect(result).toMatchObject({ dryRun: false, environments: ["production"] })
    expect(result.placed).toContainEqual({
      path: "Dockerfile",
      outcome: "beside",
      beside: "Dockerfile.envseal",
    })
    expect(result.written).toContain("Dockerfile.envseal")
    expect(result.next[0]).toMatchObject({ commands: ["diff -uN Dockerfile Dockerfile.envseal"] })
    const refused = await boxOf({}).envseal(["init", "--yes", "--json"], { env })
    expect(JSON.parse(refused.stderr).error).toMatchObject({ code: "USAGE", problems: [{}, {}, {}, {}] })
  })
})

describe.concurrent("envseal init where files are there already", () => {
  const own = {
    ...{
      Dockerfile: "FROM scratch\nENV LOG_CHANNEL=stderr\n",
      "envseal.yaml": "version: 1\n",
      "buildspec.yaml": "no",
      "boot.sh": "",
    },
    ...{ "php-fpm.conf": "x", ".dockerignore": "node_modules\n", "kubernetes/production/web.yaml": "{}" },
  }

  test("changes none of them but .gitignore, writes beside each that differs, and says what to merge", async () => {
    const box = laravelBox({ ...own, "buildspec.yml": "mine" })
    const run = await box.envseal(yes, { env })
    expect(run, run.stderr).toMatchObject({ status: 0 })
    const files = filesOf(box)
    const { ".gitignore": before, ...others } = laravelFiles
    expect(files).toMatchObject({ ...others, ...own, "buildspec.yml": "mine" })
    expect(files[".gitignore"]).toBe(`${before}.env.sealed\n`)
    const fresh = laravelBox()
    await fresh.envseal(yes, { env })
    for (const path of Object.keys(own)) {
      expect(files[`${path}.envseal`]).toBe(filesOf(fresh)[path])
      expect(run.stdout).toContain(`${path}: left as it is; written beside it as ${path}.envseal\n`)
    }
    expect(run.stderr).toContain("put into Dockerfile what it needs of Dockerfile.envseal: the stage envseal")
    expect(run.stderr).toContain("buildspec.yml is there too and stays")
  })

  test("writes nothing the second time", async () => {
    const box = laravelBox({ Dockerfile: "FROM scratch\n" })
    await box.envseal(yes, { env })
    const before = filesOf(box)
    const again = await box.envseal(yes, { env })
    expect(again).toMatchObject({ status: 0 })
    expect(again.stdout).toContain("boot.sh: there already, the same\n")
    expect(again.stderr).toContain("0 files written; next:")
    expect(filesOf(box)).toEqual(before)
  })

  test("refuses when the place beside is taken too, and writes nothing", async () => {
    const box = laravelBox({ Dockerfile: "FROM scratch\n", "Dockerfile.envseal": "half merged\n" })
    const before = filesOf(box)
    const run = await box.envseal(yes, { env })
    expect(run).toMatchObject({ status: 4, stdout: "" })
    expect(run.stderr).toContain("Dockerfile and Dockerfile.envseal are both there [TARGET_EXISTS]")
    expect(filesOf(box)).toEqual(before)
  })

  test("refuses a link and a folder in the way, and writes nothing", async () => {
    const linked = laravelBox({ "elsewhere/file": "" })
    symlinkSync("elsewhere", linked.path("kubernetes"))
    const folder = laravelBox()
    mkdirSync(folder.path("boot.sh"))
    for (const [box, says] of [
      [linked, "kubernetes: it is a symbolic link [TARGET_UNSAFE]"],
      [folder, "will not write boot.sh: it is a folder [TARGET_UNSAFE]"],
    ] as const) {
      const before = filesOf(box)
      const run = await box.envseal(yes, { env })
      expect(run).toMatchObject({ status: 4, stdout: "" })
      expect(run.stderr).toContain(says)
      expect(filesOf(box)).toEqual(before)
    }
  })

  test("does not read a link as the file that it points to", async () => {
    const box = laravelBox()
    writeFileSync(box.path("secret"), "PASSWORD=x\n")
    symlinkSync("secret", box.path("Dockerfile"))
    const run = await box.envseal(yes, { env })
    expect(run).toMatchObject({ status: 4 })
    expect(run.stderr).not.toContain("PASSWORD")
    expect(readFileSync(box.path("secret"), "utf8")).toBe("PASSWORD=x\n")
  })
})
