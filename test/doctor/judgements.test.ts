import fc from "fast-check"
import { describe, expect, test } from "vitest"
import type { BuildProject } from "../../src/core/build.ts"
import { EnvsealError } from "../../src/core/error.ts"
import { shellWord } from "../../src/core/shell.ts"
import { judgeAccount, judgeClock, judgeRole } from "../../src/doctor/core/account.ts"
import { after, type Fact, unknown } from "../../src/doctor/core/fact.ts"
import { of, ok, titleOf, unchecked, waiting } from "../../src/doctor/core/finding.ts"
import { judgeKey, keyText } from "../../src/doctor/core/key.ts"
import { sharing } from "../../src/doctor/core/key-rights.ts"
import { manifestsIn } from "../../src/doctor/core/manifest.ts"
import { httpsUrl, isSameRepository, judgeProject, sourceTypeOf } from "../../src/doctor/core/project.ts"
import { advice, command, edit, remedyText } from "../../src/doctor/core/remedy.ts"
import { isExpectation, isPin, judgePin, opens, saidOf } from "../../src/doctor/core/template-variables.ts"
import type { CallerIdentity } from "../../src/ports/account.ts"
import { appKey, multiRegionKey, roleArn } from "../fake/aws/world.ts"
import { settings } from "../script/doctor/site.ts"

const caller = (account: string): Fact<CallerIdentity> => ({
  known: true,
  value: { account, arn: `arn:aws:sts::${account}:assumed-role/deployer/me` },
})
const inTime = ok(of("clock"), "agrees with AWS")

describe("the clock", () => {
  test.each([
    [0, "ok"],
    [299_000, "ok"],
    [-299_000, "ok"],
    [300_000, "no"],
    [-3_600_000, "no"],
  ])("that is %i ms behind is %s", (aheadMs, answer) => {
    expect(judgeClock(aheadMs, "linux").answer).toBe(answer)
  })

  test("is not checked when AWS has not answered, and set as its platform does", () => {
    expect(judgeClock(null, "linux").answer).toBe("not checked")
    const remedies = ["linux", "darwin", "win32"].map(
      (platform) => judgeClock(600_000, platform).remedies[0]?.type,
    )
    expect(remedies).toEqual(["command", "command", "advice"])
  })
})

describe("the account", () => {
  test("of other credentials is for a person to change, when all else is of the account of the settings", () => {
    const finding = judgeAccount(settings, caller("444455556666"), inTime)
    expect(finding.answer).toBe("no")
    expect(finding.remedies[0]).toMatchObject({
      type: "advice",
      text: expect.stringContaining("AWS_PROFILE"),
    })
  })

  test("of the settings is the one that is wrong, when all else is of the credentials'", () => {
    const finding = judgeAccount({ ...settings, account: "444455556666" }, caller("111122223333"), inTime)
    expect(finding.remedies.map(remedyText)).toEqual(['set account to "111122223333" at envseal.yaml:5:14'])
  })

  test("is not checked when the clock is wrong and AWS refuses for it", () => {
    const error = new EnvsealError("CREDENTIALS_REFUSED", "STS refused the time of the request")
    const refused = { known: false, error, why: error.message } as const
    const late = judgeClock(1_200_000, "linux")
    expect(judgeAccount(settings, refused, late).text).toBe("depends on clock")
    expect(judgeAccount(settings, refused, inTime).answer).toBe("no")
  })

  test("has the role of a session whose role has a path", () => {
    const remedy = advice("change it")
    const role = "arn:aws:iam::111122223333:role/teams/deployer"
    expect(judgeRole(caller("111122223333"), role, "roles.build", remedy).answer).toBe("ok")
    expect(judgeRole(caller("111122223333"), roleArn("other"), "roles.build", remedy).answer).toBe("no")
    expect(judgeRole(caller("444455556666"), role, "roles.build", remedy).answer).toBe("no")
  })
})

describe("a link", () => {
  test("that depends on a broken one says on which, and is not judged", () => {
    const base = unchecked(of("project", "shop"), "codebuild does not answer")
    const judged = after(base, [of("project.role", "shop")], () => {
      throw new Error("it is not judged")
    })
    expect(judged).toEqual([waiting(of("project.role", "shop"), of("project", "shop"))])
  })

  test("that may not be asked about names the right that is missing", () => {
    const error = new EnvsealError("ACCESS_DENIED", "KMS refused kms:DescribeKey")
    expect(unknown(of("key"), { known: false, error, why: error.message }, "kms:DescribeKey").text).toBe(
      "kms:DescribeKey is not allowed to you",
    )
  })

  test("has a title that tells which one it is", () => {
    expect(titleOf(of("workload.expect", "deployment/web"))).toBe("deployment/web, ENVSEAL_EXPECT")
    expect(titleOf(of("key.state", "alias/envseal"))).toBe("key alias/envseal, state")
    expect(titleOf(of("account"))).toBe("account")
  })
})

describe("a remedy", () => {
  test("is one line, in a form of its own", () => {
    expect(remedyText(command("kubectl", "patch", "web", "--patch", '{"a":1}'))).toBe(
      `run: kubectl patch web --patch '{"a":1}'`,
    )
    expect(remedyText(edit("envseal.yaml:12:7", "build.project", "shop"))).toBe(
      'set build.project to "shop" at envseal.yaml:12:7',
    )
  })

  test("has every word of a command as a shell gives it to the program", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme-ascii" }), (word) => {
        const text = shellWord(word)
        // What a POSIX shell does with single quotes, and with a quote after a backslash.
        const read = text.startsWith("'") ? text.slice(1, -1).replaceAll("'\\''", "'") : text
        expect(read).toBe(word)
        expect(text.startsWith("'") || /^[\w@%+=:,./-]+$/.test(text)).toBe(true)
      }),
    )
  })
})

describe("a repository's URL", () => {
  test.each([
    ["https://github.com/example/shop.git", "git@github.com:example/shop.git"],
    ["https://github.com/example/shop", "ssh://git@github.com/Example/shop.git/"],
    ["https://user:secret@gitlab.com/a/b", "https://gitlab.com/a/b.git"],
    [
      "https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/shop",
      "ssh://KEY@git-codecommit.eu-west-1.amazonaws.com/v1/repos/shop",
    ],
  ])("of %s is that of %s", (one, other) => {
    expect(isSameRepository(one, other)).toBe(true)
  })

  test("of another repository, or another host, is another one", () => {
    expect(isSameRepository("https://github.com/example/shop", "https://github.com/example/shop2")).toBe(
      false,
    )
    expect(isSameRepository("https://github.com/example/shop", "https://gitlab.com/example/shop")).toBe(false)
  })

  test("is given to CodeBuild without a password, with the type of its host", () => {
    expect(httpsUrl("https://user:secret@github.com/a/b.git")).toBe("https://github.com/a/b.git")
    expect(sourceTypeOf(httpsUrl("git@bitbucket.org:a/b.git"))).toBe("BITBUCKET")
    expect(sourceTypeOf("https://git.example.com/a/b")).toBeNull()
  })
})

describe("a pod template", () => {
  test("expects the context in any order, and just that", () => {
    const context = { app: "shop", environment: "production" }
    expect(isExpectation("environment=production,app=shop", context)).toBe(true)
    for (const text of [
      "app=shop",
      "app=shop,environment=production,x=y",
      "app=Shop,environment=production",
      "",
    ]) {
      expect(isExpectation(text, context)).toBe(false)
    }
  })

  test("pins just the keys of the settings, replicas of one in other Regions included", () => {
    const replica = multiRegionKey.replace("eu-west-1", "eu-central-1")
    expect(isPin(`${appKey},${replica}`, [multiRegionKey, appKey])).toBe(true)
    expect(isPin(appKey, [appKey, multiRegionKey])).toBe(false)
    expect(isPin(`${appKey},${multiRegionKey}`, [appKey])).toBe(false)
  })

  test("says a variable by its value, or that it comes from elsewhere", () => {
    const name = "ENVSEAL_EXPECT"
    expect(saidOf({ name: "app", env: [{ name, value: "app=shop" }] }, name)).toEqual({
      type: "value",
      text: "app=shop",
    })
    expect(saidOf({ name: "app", env: [{ name, valueFrom: {} }] }, name).type).toBe("elsewhere")
    expect(saidOf({ name: "app", envFrom: [{ configMapRef: { name: "x" } }] }, name).type).toBe("elsewhere")
    expect(saidOf({ name: "app" }, name).type).toBe("missing")
  })

  test("opens in a container whose command is the image's own, or envseal", () => {
    expect(opens({ name: "app" })).toBe(true)
    expect(opens({ name: "app", command: ["envseal", "open", "--", "php"] })).toBe(true)
    expect(opens({ name: "app", command: ["php", "artisan"] })).toBe(false)
  })
})

describe("a key", () => {
  const key = { keyId: `arn:aws:kms:eu-west-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab`, at: 0 }
  const denied = (() => {
    const error = new EnvsealError("ACCESS_DENIED", "KMS refused it")
    return { known: false, error, why: error.message } as const
  })()

  test("of another account that nobody pins is told even when it may not be looked at", () => {
    const findings = judgeKey({ ...settings, kmsKeys: [] }, key, denied)
    expect(findings.filter(({ answer }) => answer === "no").map(({ link }) => link)).toEqual(["key.account"])
    expect(findings.flatMap(({ remedies }) => remedies.map(remedyText))).toEqual([
      `set kmsKeys to ["${key.keyId}"] at envseal.yaml:11:7`,
    ])
  })

  test("of another account is right when it is pinned", () => {
    const description = {
      known: true,
      value: {
        arn: key.keyId,
        account: "444455556666",
        state: "Enabled",
        usage: "ENCRYPT_DECRYPT",
        spec: "SYMMETRIC_DEFAULT",
      },
    } as const
    const findings = judgeKey({ ...settings, kmsKeys: [key.keyId] }, key, description)
    expect(findings.every(({ answer }) => answer === "ok")).toBe(true)
  })

  test("is called by its alias, or its id", () => {
    expect(keyText("arn:aws:kms:eu-west-1:111122223333:alias/envseal")).toBe("alias/envseal")
    expect(keyText(appKey)).toBe("1234abcd-12ab-34cd-56ef-1234567890ab")
    expect(keyText("alias/envseal")).toBe("alias/envseal")
  })

  test("that two environments seal under is shared", () => {
    const staging = { ...settings, name: "staging" }
    const other = { ...settings, name: "test", recipients: ["aws-kms:alias/test"], kmsKeys: [multiRegionKey] }
    expect(sharing(settings, [settings, staging, other])).toEqual(["staging"])
  })
})

describe("the manifests of a file", () => {
  test("are each known with their lines, and what is none is passed over", () => {
    const text =
      "# all\napiVersion: v1\nkind: Service\nmetadata: {name: a}\n---\nkind: x\n--- # last\napiVersion: v1\nkind: Pod\nmetadata: {name: b, namespace: shop}\n"
    expect(
      manifestsIn(text, "all.yaml").map(({ kind, name, namespace, linesBefore }) => [
        kind,
        name,
        namespace,
        linesBefore,
      ]),
    ).toEqual([
      ["Service", "a", null, 0],
      ["Pod", "b", "shop", 6],
    ])
  })

  test("of a template that is no YAML yet are none", () => {
    expect(manifestsIn("apiVersion: v1\nkind: {{ .Values.kind }}\n  x: [", "chart.yaml")).toEqual([])
  })
})

describe("the project", () => {
  const project = {
    ...{ name: "shop", arn: "arn:aws:codebuild:eu-west-1:111122223333:project/shop", buildspec: null },
    ...{ sourceType: "GITHUB", sourceLocation: "https://github.com/example/shop", batch: false },
    ...{ serviceRole: settings.roles.build, privileged: true, image: "aws/codebuild/standard:7.0" },
    carrier: null,
  } as const
  const judge = (part: Partial<BuildProject>, buildspec: string | null = null, from = settings) =>
    judgeProject(from, { known: true, value: { ...project, ...part } }, null, { origin: null, buildspec })

  test.each([
    ["phases: {build: {commands: [npx envseal seal]}}", "aws/codebuild/standard:7.0", true],
    [
      "phases: {install: {runtime-versions: {\n nodejs: 22}}, build: {commands: [npx envseal]}}",
      "aws/codebuild/standard:7.0",
      false,
    ],
    ["phases: {build: {commands: [envseal seal]}}", "aws/codebuild/standard:7.0", false],
    ["phases: {build: {commands: [npx envseal seal]}}", "aws/codebuild/standard:8.0", false],
  ])("with %j on %s tells of an old Node: %s", (buildspec, image, tells) => {
    const finding = judge({ image }, buildspec).find(({ link }) => link === "project.image")
    expect(finding?.answer).toBe("ok")
    expect(finding?.text.includes("its Node is 18")).toBe(tells)
  })

  const example = `a.b/envseal@sha256:${"0".repeat(64)}`
  const pushed = `a.b/envseal@sha256:${"1".repeat(64)}`
  const plain = (value: string) => ({ value, type: "PLAINTEXT" })
  const specOf = (image: string) => `env:\n  variables:\n    ENVSEAL_BINARY: ${image}\n`

  test.each<[string, BuildProject["carrier"], string | null, "ok" | "no" | "not checked", string]>([
    ["the buildspec's", null, specOf(pushed), "ok", "buildspec.yaml:3:21"],
    ["an example's of the buildspec", null, specOf(example), "no", "buildspec.yaml:3:21"],
    ["the project's, before that of the buildspec", plain(pushed), specOf(example), "ok", "the project shop"],
    ["an example's of the project", plain(example), specOf(pushed), "no", "the project shop"],
    ["one from elsewhere", { value: "/x", type: "PARAMETER_STORE" }, null, "not checked", "PARAMETER_STORE"],
    ["none", null, null, "ok", "not set"],
  ])("is judged by the carrier that a build has: %s", (_, carrier, buildspec, answer, where) => {
    const finding = judge({ carrier }, buildspec).find(({ link }) => link === "project.carrier")
    expect(finding?.answer).toBe(answer)
    expect(finding?.text).toContain(where)
    expect(finding?.remedies.map(remedyText).join().includes(where)).toBe(answer === "no")
  })

  test("is not asked for the carrier that a deploy gives", () => {
    const { build } = settings
    const variables = { ENVSEAL_BINARY: pushed }
    const from = { ...settings, build: build === null ? null : { ...build, variables } }
    const finding = judge({ carrier: plain(example) }, null, from).find(
      ({ link }) => link === "project.carrier",
    )
    expect(finding?.answer).toBe("ok")
  })

  test("is not checked for its source when nobody says which it should be", () => {
    const { build } = settings
    const from = { ...settings, build: build === null ? null : { ...build, repository: null } }
    expect(judge({}, null, from).find(({ link }) => link === "project.source")?.answer).toBe("not checked")
  })

  test("that CodePipeline alone can start is given the source of the app", () => {
    const finding = judge({ sourceType: "CODEPIPELINE", sourceLocation: null }).find(
      ({ answer }) => answer === "no",
    )
    expect(finding?.link).toBe("project.source")
    expect(finding?.remedies.map(remedyText).join()).toContain(
      'merge(projects[0].source, {type: `"GITHUB"`, location: `"https://github.com/example/shop.git"`})',
    )
  })
})

describe("the pin of a workload", () => {
  const never = (): never => {
    throw new Error("it is not judged")
  }

  test("is not needed where an identity alone opens", () => {
    const from = {
      ...settings,
      kmsKeys: [],
      recipients: ["age1xmwwc06ly3ee5rytxm9mflaz2u56jjj36s0mypdrwsvlul66mv4q47ryef"],
    }
    expect(judgePin(from, of("workload.pin"), [], never).answer).toBe("ok")
  })

  test("is not checked while nobody knows the key", () => {
    expect(judgePin({ ...settings, kmsKeys: [] }, of("workload.pin"), [], never).answer).toBe("not checked")
  })
})
