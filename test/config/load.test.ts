import { describe, expect, test } from "vitest"
import { demand } from "../../src/config/demand.ts"
import { type Config, environmentOf, parseConfig } from "../../src/config/load.ts"
import { EnvsealError } from "../../src/core/error.ts"
import { wrongFiles } from "./wrong-files.ts"

const whole = `
version: 1
app: shop
defaults:
  region: eu-west-1
  require: .env.example
  build: { source: main, timeout: 45m, variables: { A: "1" } }
  workloads: [deployment/web]
  rollout: { rollback: false }
environments:
  staging:
    account: 012345678901
    build: { project: shop-staging, variables: { B: "2" } }
    context: { app: shop, stage: staging }
  production:
    account: "111122223333"
    region: eu-central-1
    profile: shop
    secret: [shop/base, "shop/production#AWSPREVIOUS"]
    require: docker/.env.example
    setEnv: [APP_VERSION]
    recipients: [aws-kms:alias/envseal-production]
    kmsKeys: [arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab]
    secretKeys: [arn:aws:kms:eu-west-1:111122223333:key/mrk-1]
    roles: { build: arn:aws:iam::111122223333:role/build }
    build: { project: shop, source: v1.2, repository: "git@example.com:shop.git" }
    image: { repository: 111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop, tag: "build-{build}" }
    cluster: { eks: main, context: shop, server: "https://10.0.0.1", namespace: shop }
    workloads:
      - deployment/web
      - { statefulset: queue, containers: [app] }
      - { cronjob: schedule, initContainers: [warm], withoutOpen: [warm] }
      - { daemonset: logs }
    hooks:
      before:
        - name: migrate
          workload: deployment/web
          container: app
          keep: [nginx]
          command: [php, artisan, migrate, --force]
          timeout: 90s
      after: [{ name: warm, workload: statefulset/queue, command: [php] }]
    rollout: { timeout: 5m, settle: 0s, rollback: true }
`

/** Of a file that must be refused. */
function refusal(text: string): EnvsealError {
  try {
    parseConfig(text, "envseal.yaml")
  } catch (error) {
    if (error instanceof EnvsealError) return error
    throw error
  }
  throw new Error("the file was taken")
}

describe("a right file", () => {
  const config = parseConfig(whole, "envseal.yaml")

  test("gives every setting of an environment, its own before the defaults", () => {
    expect(environmentOf(config, "production")).toEqual({
      name: "production",
      app: "shop",
      place: "envseal.yaml:15:3",
      places: expect.any(Object),
      account: "111122223333",
      region: "eu-central-1",
      profile: "shop",
      secrets: ["shop/base", "shop/production#AWSPREVIOUS"],
      require: { file: "docker/.env.example", except: [] },
      setEnv: ["APP_VERSION"],
      recipients: ["aws-kms:alias/envseal-production"],
      context: { app: "shop", environment: "production" },
      kmsKeys: ["arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"],
      secretKeys: ["arn:aws:kms:eu-west-1:111122223333:key/mrk-1"],
      roles: { build: "arn:aws:iam::111122223333:role/build", pod: null },
      build: {
        project: "shop",
        source: "v1.2",
        repository: "git@example.com:shop.git",
        variables: { A: "1" },
        timeoutMs: 2_700_000,
      },
      image: {
        repository: "111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop",
        variable: "ENVSEAL_IMAGE",
        tag: "build-{build}",
      },
      cluster: { eks: "main", context: "shop", server: "https://10.0.0.1", namespace: "shop" },
      workloads: [
        { kind: "Deployment", name: "web", containers: null, initContainers: null, withoutOpen: [] },
        { kind: "StatefulSet", name: "queue", containers: ["app"], initContainers: [], withoutOpen: [] },
        {
          kind: "CronJob",
          name: "schedule",
          containers: [],
          initContainers: ["warm"],
          withoutOpen: ["warm"],
        },
        { kind: "DaemonSet", name: "logs", containers: null, initContainers: null, withoutOpen: [] },
      ],
      hooks: {
        before: [
          {
            name: "migrate",
            workload: { kind: "Deployment", name: "web" },
            container: "app",
            keep: ["nginx"],
            command: ["php", "artisan", "migrate", "--force"],
            timeoutMs: 90_000,
          },
        ],
        after: [
          {
            name: "warm",
            workload: { kind: "StatefulSet", name: "queue" },
            container: null,
            keep: [],
            command: ["php"],
            timeoutMs: 600_000,
          },
        ],
      },
      rollout: { timeoutMs: 300_000, settleMs: 0, rollback: true },
    })
  })

  test("merges mappings of the defaults, and fills in the rest", () => {
    expect(environmentOf(config, "staging")).toMatchObject({
      // Without quotes, and with the zero that a number does not have.
      account: "012345678901",
      region: "eu-west-1",
      profile: null,
      secrets: [],
      recipients: [],
      context: { app: "shop", stage: "staging" },
      roles: { build: null, pod: null },
      build: { project: "shop-staging", source: "main", variables: { A: "1", B: "2" }, timeoutMs: 2_700_000 },
      image: null,
      cluster: null,
      workloads: [
        { kind: "Deployment", name: "web", containers: null, initContainers: null, withoutOpen: [] },
      ],
      hooks: { before: [], after: [] },
      rollout: { timeoutMs: 600_000, settleMs: 10_000, rollback: false },
    })
  })

  test("tells where each setting stands, in the defaults too", () => {
    const { place, places } = environmentOf(config, "staging")
    expect(place).toBe("envseal.yaml:11:3")
    expect(places).toMatchObject({
      account: "envseal.yaml:12:14",
      region: "envseal.yaml:5:11",
      "build.project": "envseal.yaml:13:23",
      "build.source": "envseal.yaml:7:20",
      "workloads.0": "envseal.yaml:8:15",
    })
    expect(places["profile"]).toBeUndefined()
  })

  test("may have anchors and aliases, a byte order mark, and lines that end with CR and LF", () => {
    const text =
      "\u{feff}version: 1\r\napp: shop\r\nenvironments:\r\n  a: { build: &b { project: shop } }\r\n  b: { build: *b }\r\n"
    const { environments } = parseConfig(text, "envseal.yaml")
    expect(environments.get("b")?.build).toEqual(environments.get("a")?.build)
  })

  test("keeps names that every object has", () => {
    const text =
      "version: 1\napp: shop\nenvironments:\n  constructor: { build: { project: toString, variables: { valueOf: x } } }\n"
    expect(environmentOf(parseConfig(text, "envseal.yaml"), "constructor").build).toMatchObject({
      project: "toString",
      variables: { valueOf: "x" },
    })
  })
})

describe("a file is refused, with place and what to write instead, that", () => {
  test.each(wrongFiles)("$mistake", ({ text, told }) => {
    const error = refusal(text)
    expect(error.code).toBe("CONFIG_MALFORMED")
    expect(error.message).toMatch(/^envseal\.yaml has \d+ mistakes?$/)
    expect(error.problems.map(({ name, code }) => `${name} ${code}`)).toEqual(
      told.map(([place]) => `envseal.yaml:${place}`),
    )
    for (const [at, [, instead]] of told.entries()) expect(error.problems[at]?.reason).toContain(instead)
  })

  test("is wrong in at least 30 ways, of which each is told by itself", () => {
    expect(wrongFiles.length).toBeGreaterThan(30)
    expect(new Set(wrongFiles.map(({ mistake }) => mistake)).size).toBe(wrongFiles.length)
  })

  test("has several mistakes: all are told at once, in the order of the file", () => {
    const text =
      "version: 1\nap: shop\nenvironments:\n  b: { region: x }\n  a: { cluster: { eks: x }, workloads: [web], acount: 1 }\n"
    expect(refusal(text).problems.map(({ name, code }) => `${name} ${code}`)).toEqual([
      "envseal.yaml:1:1 MISSING_SETTING",
      "envseal.yaml:2:1 UNKNOWN_SETTING",
      "envseal.yaml:4:16 BAD_SETTING",
      "envseal.yaml:5:8 MISSING_SETTING",
      "envseal.yaml:5:41 BAD_SETTING",
      "envseal.yaml:5:47 UNKNOWN_SETTING",
    ])
  })

  test.each([
    ["a variable", "build: { project: shop, variables: { A: [hunter2] } }"],
    ["a variable with a control character", 'build: { project: shop, variables: { A: "hunter2\\0" } }'],
    ["a command", "hooks: { before: [{ name: x, workload: a/b, command: [{ hunter2: x }] }] }"],
    ["a long token", "region: hunter2hunter2hunter2hunter2"],
    ["an assignment", "region: DB_PASSWORD=hunter2"],
    ["an assignment for a name", "DB_PASSWORD=hunter2: x"],
    ["a URL", "build: { project: shop, repository: 'https://hunter2@example.com' }"],
  ])("has what may be secret in %s, without repeating it", (_, line) => {
    const error = refusal(`version: 1\napp: shop\nenvironments:\n  production:\n    ${line}\n`)
    expect(error.problems.length).toBeGreaterThan(0)
    expect(JSON.stringify([error.message, error.hint, error.problems])).not.toContain("hunter2")
  })
})

describe("an environment", () => {
  const config: Config = parseConfig(whole, "envseal.yaml")

  test("that is not there is a matter of usage, and the names that are there are told", () => {
    expect(() => environmentOf(config, "prodution")).toThrow(
      expect.objectContaining({
        code: "USAGE",
        message: "envseal.yaml has no environment prodution",
        hint: "did you mean production? it has staging, production",
      }),
    )
    expect(() => environmentOf(config, "S3cr3t-pa$$word")).toThrow(
      expect.objectContaining({
        message: "envseal.yaml has no such environment",
        hint: "it has staging, production",
      }),
    )
    expect(() => environmentOf(config, "toString")).toThrow(
      expect.objectContaining({ hint: "it has staging, production" }),
    )
  })

  test("that lacks what a command needs is refused with each setting and the place of its entry", () => {
    const staging = environmentOf(config, "staging")
    expect(demand(staging, ["build", "workloads"], "envseal deploy")).toBe(staging)
    expect(() => demand(staging, ["build", "image", "secrets"], "envseal deploy")).toThrow(
      expect.objectContaining({
        code: "CONFIG_MALFORMED",
        message: "environment staging lacks what envseal deploy needs",
        problems: [
          {
            code: "MISSING_SETTING",
            name: "envseal.yaml:11:3",
            reason: expect.stringContaining("environments.staging.image is missing; write image: with"),
          },
          {
            code: "MISSING_SETTING",
            name: "envseal.yaml:11:3",
            reason: expect.stringContaining(
              "environments.staging.secret is missing; write the secret's name",
            ),
          },
        ],
      }),
    )
  })
})

describe("what require excepts", () => {
  const requireOf = (defaults: string, own: string) =>
    environmentOf(
      parseConfig(
        `{version: 1, app: shop, defaults: { ${defaults} }, environments: { production: { ${own} } } }`,
        "envseal.yaml",
      ),
      "production",
    ).require

  test.each([
    [
      "require: .env.example",
      "require: { except: [A, B_*] }",
      { file: ".env.example", except: ["A", "B_*"] },
    ],
    ["require: { file: .env.example, except: [A] }", "", { file: ".env.example", except: ["A"] }],
    [
      "require: { file: .env.example, except: [A] }",
      "require: { except: [B] }",
      { file: ".env.example", except: ["B"] },
    ],
    ["require: { file: a, except: [A] }", "require: b", { file: "b", except: [] }],
    ["", "require: { file: b }", { file: "b", except: [] }],
  ])("of %j and %j is put together", (defaults, own, expected) => {
    expect(requireOf(defaults, own)).toEqual(expected)
  })

  test.each([
    ["", "require: { except: [A] }", "environments.production.require.file is missing; write the path of"],
    ["", 'require: { file: b, except: ["*"] }', "write a name, or how names begin with * after it"],
    ["", "require: { file: b, except: [] }", "require.except is an empty list; write a list of names"],
    ["", "require: { file: b, only: [A] }", "require.only is not a setting"],
    ["", "require: [b]", "write the path of an example file"],
  ])("of %j and %j is refused", (defaults, own, words) => {
    const text = `{version: 1, app: shop, defaults: { ${defaults} }, environments: { production: { ${own} } } }`
    const { problems } = refusal(text)
    expect(problems).toHaveLength(1)
    expect(problems[0]?.reason).toContain(words)
  })
})
