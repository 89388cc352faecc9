import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import type { Finding } from "../../../src/doctor/core/finding.ts"
import { firstTemplateFiles } from "../../../src/setup/core/first-template-files.ts"
import { type Sandbox, sandbox } from "../harness.ts"

const root = join(import.meta.dirname, "../../..")

/** The example of docker/, as it is to be copied into an app's repository, with the digest of a carrier. */
function example(): Sandbox {
  const names = [
    "Dockerfile",
    ".dockerignore",
    "boot.sh",
    "php-fpm.conf",
    "app/envseal.yaml",
    "app/.env.example",
  ]
  const read = (path: string) => readFileSync(join(root, path))
  const box = sandbox({
    "buildspec.yaml": read("buildspec.yaml").toString().replace(/0{64}/, "1".repeat(64)),
    ...Object.fromEntries(names.map((name) => [name.replace("app/", ""), read(`docker/${name}`)])),
  })
  mkdirSync(box.path("kubernetes"))
  for (const name of readdirSync(join(root, "docker/kubernetes"))) {
    writeFileSync(box.path(`kubernetes/${name}`), read(`docker/kubernetes/${name}`))
  }
  return box
}

function change(box: Sandbox, name: string, from: string | RegExp, to: string): void {
  const text = readFileSync(box.path(name), "utf8")
  const changed = text.replace(from, to)
  if (changed === text) throw new Error(`${name} has no ${from}`)
  writeFileSync(box.path(name), changed)
}

async function examine(box: Sandbox) {
  const run = await box.envseal(["doctor", "production", "--offline", "--json"])
  const { environments }: { readonly environments: readonly { readonly findings: readonly Finding[] }[] } =
    JSON.parse(run.stdout)
  const broken = environments.flatMap(({ findings }) => findings).filter(({ answer }) => answer === "no")
  return { ...run, no: broken.map(({ link, about }) => `${link} ${about}`.trim()) }
}

describe("envseal doctor --offline", () => {
  test("finds the example in order, asks nobody, and ends with 0", async () => {
    const run = await example().envseal(["doctor", "production", "--offline"], {
      env: { HTTPS_PROXY: "http://127.0.0.1:9", AWS_ENDPOINT_URL: "http://127.0.0.1:9" },
    })
    expect(run.stdout).not.toMatch(/^ {2}(?:no|not checked) /m)
    expect(run.stdout).toMatch(/^the repository\n {2}ok {11}buildspec: buildspec.yaml\n/)
    expect(run.stderr).toMatch(/^envseal: (\d+) links: \1 ok\n$/)
    expect(run.status).toBe(0)
  })

  test("calls no link of the example broken, also before the carrier has its digest", async () => {
    const box = example()
    change(box, "buildspec.yaml", "1".repeat(64), "0".repeat(64))
    const told = await examine(box)
    expect([told.status, told.no]).toEqual([0, []])
    expect(told.stdout).toContain("only the CodeBuild project tells whether it sets another")
  })

  test("does not check services of s6 that open, however deep in a folder that is copied", async () => {
    const box = example()
    change(box, "Dockerfile", /^ENTRYPOINT .*\nCMD .*$/m, 'COPY rootfs /\nENTRYPOINT ["/init"]')
    const service = "rootfs/etc/s6-overlay/s6-rc.d/php-fpm"
    mkdirSync(box.path(service), { recursive: true })
    writeFileSync(box.path(`${service}/run`), "#!/command/execlineb -P\nenvseal open -- php-fpm\n")
    const told = await examine(box)
    expect([told.status, told.no]).toEqual([0, []])
    expect(told.stdout).toContain("what init starts is not known here")
  })

  test("looks beside the settings file, wherever that is", async () => {
    const box = example()
    mkdirSync(box.path("shop"))
    const names = readdirSync(box.folder).filter((name) => name !== "shop")
    for (const name of names) renameSync(box.path(name), box.path(`shop/${name}`))
    const run = await box.envseal(["doctor", "production", "--offline", "--config", "shop/envseal.yaml"])
    expect(run.stdout).not.toMatch(/^ {2}(?:no|not checked) /m)
    expect(run.stdout).toContain("buildspec: shop/buildspec.yaml\n")
    expect(run.stderr).toMatch(/^envseal: (\d+) links: \1 ok\n$/)
  })

  test("without an environment looks at all of them", async () => {
    const run = await example().envseal(["doctor", "--offline", "--json"])
    const { environments } = JSON.parse(run.stdout)
    expect(environments.map(({ environment }: { environment: string | null }) => environment)).toEqual([
      null,
      "production",
      "staging",
    ])
  })

  test.each<[string, string, string | RegExp, string, string]>([
    ["a buildspec that does not seal", "buildspec.yaml", /^ *envseal seal$/m, "        true", "buildspec"],
    ["an image that opens nothing", "Dockerfile", /^ENTRYPOINT.*$/m, 'ENTRYPOINT ["boot"]', "dockerfile"],
    ["a .env that comes into the image", ".dockerignore", /[\s\S]*/, "node_modules\n", "dockerignore"],
    ["php-fpm open to the cluster", "php-fpm.conf", "listen = 127.0.0.1:9000", "listen = 9000", "fpm"],
    [
      "an example file that is missing",
      "envseal.yaml",
      "require: .env.example",
      "require: .env.sample",
      "require",
    ],
    [
      "another expectation in a manifest",
      "kubernetes/worker.yaml",
      "environment=production",
      "environment=staging",
      "manifest.expect deployment/shop-worker",
    ],
    [
      "no pin in a manifest",
      "kubernetes/schedule.yaml",
      "ENVSEAL_KMS_KEY",
      "ENVSEAL_KMS_KEYS",
      "manifest.pin cronjob/shop-schedule",
    ],
    [
      "a probe from outside of the pod",
      "kubernetes/web.yaml",
      /exec: \{ command: \["php", "-n".*$/m,
      "tcpSocket: { port: 9000 }",
      "manifest.pod deployment/shop-web",
    ],
    [
      "an image without signals",
      "Dockerfile",
      /[\s\S]*/,
      firstTemplateFiles.dockerfile,
      "manifest.pod deployment/shop-worker",
    ],
    ["an environment without an image", "envseal.yaml", /^ {2}image:\n {4}repository: .*\n/m, "", "settings"],
  ])("names %s, and ends with 3", async (_, name, from, to, link) => {
    const box = example()
    change(box, name, from, to)
    const told = await examine(box)
    expect(told.no).toEqual([link])
    expect(told.status).toBe(3)
  })
})

describe("envseal doctor --offline, of a Dockerfile,", () => {
  const entry = /^ENTRYPOINT.*$/m
  const findingOf = async (box: Sandbox) => {
    const run = await box.envseal(["doctor", "production", "--offline", "--json"])
    const { environments }: { readonly environments: readonly { readonly findings: readonly Finding[] }[] } =
      JSON.parse(run.stdout)
    return environments.flatMap(({ findings }) => findings).find(({ link }) => link === "dockerfile")
  }

  test("reads the scripts that it starts, also in a folder that begins with a dot", async () => {
    const box = example()
    change(box, "Dockerfile", entry, 'COPY .docker/start.sh /start.sh\nENTRYPOINT ["/start.sh"]')
    mkdirSync(box.path(".docker"))
    writeFileSync(box.path(".docker/start.sh"), '#!/bin/sh\nexec envseal open --require-tmpfs -- boot "$@"\n')
    expect(await findingOf(box)).toMatchObject({ answer: "ok" })
    writeFileSync(box.path(".docker/start.sh"), '#!/bin/sh\nexec boot "$@"\n')
    expect(await findingOf(box)).toMatchObject({
      answer: "no",
      remedies: [
        { setting: "ENTRYPOINT", value: expect.stringMatching(/^\["envseal","open",.*"--","\/start.sh"\]$/) },
      ],
    })
    rmSync(box.path(".docker/start.sh"))
    expect(await findingOf(box)).toMatchObject({ answer: "not checked" })
  })

  test("sees a .env in a folder, unless it has no value or .dockerignore keeps it out", async () => {
    const box = example()
    change(box, "Dockerfile", entry, 'COPY docker /docker\nENTRYPOINT ["envseal", "open", "--", "boot"]')
    writeFileSync(box.path(".dockerignore"), ".env\n")
    mkdirSync(box.path("docker"))
    writeFileSync(box.path("docker/.env.production"), "DB_PASSWORD=hunter2\n")
    const finding = await findingOf(box)
    expect(finding).toMatchObject({
      answer: "no",
      text: expect.stringContaining("copies docker/.env.production"),
    })
    expect(JSON.stringify(finding)).not.toContain("hunter2")
    writeFileSync(box.path(".dockerignore"), ".env\n**/.env.production\n")
    expect(await findingOf(box)).toMatchObject({ answer: "ok" })
    writeFileSync(box.path(".dockerignore"), ".env\n")
    writeFileSync(box.path("docker/.env.production"), "DB_PASSWORD=\n")
    expect(await findingOf(box)).toMatchObject({ answer: "ok" })
  })

  test("takes the file and the stage that the buildspec builds", async () => {
    const box = example()
    mkdirSync(box.path("docker"))
    renameSync(box.path("Dockerfile"), box.path("docker/app.Dockerfile"))
    writeFileSync(
      box.path("docker/app.Dockerfile"),
      `${readFileSync(box.path("docker/app.Dockerfile"), "utf8").replace(/^FROM php$/m, "FROM php AS live")}FROM php\n`,
    )
    expect(await findingOf(box)).toMatchObject({ answer: "no", text: "there is none" })
    change(box, "buildspec.yaml", "docker build", "docker build --file docker/app.Dockerfile --target live")
    expect(await findingOf(box)).toMatchObject({ answer: "ok" })
    change(box, "buildspec.yaml", "--target live", "")
    expect(await findingOf(box)).toMatchObject({
      answer: "no",
      text: expect.stringContaining("no ENTRYPOINT"),
    })
  })
})

describe("envseal doctor --offline, of an environment whose images another CI builds,", () => {
  test("asks for no build, no buildspec and no exported variable", async () => {
    const box = example()
    change(box, "envseal.yaml", /^ +build:\n(?: +(?:source|timeout|project): .*\n)+/gm, "")
    rmSync(box.path("buildspec.yaml"))
    const told = await examine(box)
    expect([told.status, told.no]).toEqual([0, []])
    expect(told.stdout).toContain("has all that a deploy of an image that exists needs")
    expect(told.stdout).toContain("another CI builds the image")
  })
})

describe("envseal doctor", () => {
  test("ends with 2 for an environment that is not there, and for no settings at all", async () => {
    const run = await example().envseal(["doctor", "prodution"])
    expect(run.status).toBe(2)
    expect(run.stderr).toContain("did you mean production?")
    expect((await sandbox().envseal(["doctor"])).stderr).toContain("[CONFIG_MISSING]")
  })

  test("looks at nobody's credentials offline", async () => {
    const run = await example().envseal(["doctor", "--offline", "--as", "pod"])
    expect([run.status, run.stdout]).toEqual([2, ""])
  })
})
