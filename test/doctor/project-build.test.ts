import { describe, expect, test } from "vitest"
import type { BuildProject } from "../../src/core/build.ts"
import type { AtHand } from "../../src/doctor/core/at-hand.ts"
import { judgeProjectBuild, projectBuildspec } from "../../src/doctor/core/project-build.ts"
import { remedyText } from "../../src/doctor/core/remedy.ts"
import { learnAtHand } from "../../src/doctor/run/at-hand.ts"
import { settings } from "../script/doctor/site.ts"

const good =
  "version: 0.2\nenv: {exported-variables: [ENVSEAL_IMAGE]}\nphases: {build: {commands: [envseal seal]}}\n"
const project: BuildProject = {
  ...{ name: "shop", arn: "arn:aws:codebuild:eu-west-1:111122223333:project/shop", buildspec: null },
  ...{ sourceType: "GITHUB", sourceLocation: "https://github.com/example/shop", batch: false },
  ...{ serviceRole: null, privileged: true, image: null, carrier: null },
}

function judge(part: Partial<BuildProject>, atHand: Partial<AtHand>) {
  return judgeProjectBuild(settings, { ...project, ...part }, { origin: null, buildspec: null, ...atHand })
}

/** What is learned of a folder with these files. */
function learned(buildspec: string | null, files: Readonly<Record<string, string>>): Promise<AtHand> {
  const bytes = (path: string) => Buffer.from(files[path] ?? "")
  const ports = {
    root: "",
    origin: { origin: async () => null },
    files: { exists: async (path: string) => path in files, read: async (path: string) => bytes(path) },
    folders: { files: async () => Object.keys(files).filter((path) => path.endsWith(".sh")) },
  } as unknown as Parameters<typeof learnAtHand>[0]
  return learnAtHand(ports, { known: true, value: { ...project, buildspec } })
}

describe("the buildspec of a project", () => {
  test.each([
    [null, { type: "file", path: "buildspec.yml" }],
    ["ci/build.yaml", { type: "file", path: "ci/build.yaml" }],
    ["./buildspec.yaml", { type: "file", path: "buildspec.yaml" }],
    [good, { type: "text", text: good }],
    ['{"version": 0.2}', { type: "text", text: '{"version": 0.2}' }],
    ["arn:aws:s3:::bucket/build.yml", { type: "elsewhere", where: "arn:aws:s3:::bucket/build.yml" }],
  ])("%j is %j", (buildspec, where) => {
    expect(projectBuildspec({ buildspec })).toEqual(where)
  })

  test("is read where the project says, and judged", async () => {
    const files = { "buildspec.yml": good, "ci/build.yaml": good.replace("seal]", "check]") }
    const usual = await learned(null, files)
    expect(judge({}, usual)).toMatchObject([
      {
        ...{ link: "project.buildspec", about: "shop", answer: "ok" },
        text: "buildspec.yml, which cannot reseal: no command runs envseal reseal",
        remedies: [{ type: "advice", text: expect.stringContaining("docs/reseal.md") }],
      },
    ])
    const own = await learned("ci/build.yaml", files)
    expect(judge({ buildspec: "ci/build.yaml" }, own)).toMatchObject([
      { link: "project.buildspec", about: "shop", answer: "no", text: "no command runs envseal seal" },
    ])
  })

  test("is a no where it is not in the repository and another is, and the remedy names that one", async () => {
    const [finding] = judge({}, await learned(null, { "buildspec.yaml": good }))
    expect(finding).toMatchObject({
      answer: "no",
      text: "it is buildspec.yml, which is not in this repository; buildspec.yaml is",
    })
    expect(finding?.remedies.map(remedyText).join()).toContain(
      'merge(projects[0].source, {buildspec: `"buildspec.yaml"`})',
    )
  })

  test("is the project's own text, with the scripts of the repository", async () => {
    const text = good.replace("envseal seal", "./seal.sh")
    const atHand = await learned(text, { "seal.sh": "envseal seal\n" })
    expect(judge({ buildspec: text }, atHand)).toMatchObject([
      { answer: "ok", text: expect.stringMatching(/^the project's own buildspec, which cannot reseal: /) },
    ])
  })

  test("is not checked where it is elsewhere, and nothing is said where none is at hand", async () => {
    expect(judge({ buildspec: "arn:aws:s3:::bucket/build.yml" }, {})).toMatchObject([
      { answer: "not checked" },
    ])
    expect(judge({}, await learned(null, {}))).toEqual([])
  })
})

describe("the variables of a project", () => {
  test("hold the app's secret by a reference of any form", () => {
    const references = [
      { name: "DB_PASSWORD", value: "shop/production:DB_PASSWORD" },
      { name: "APP_KEY", value: "/aws/reference/secretsmanager/shop/production" },
      { name: "COMPOSER_AUTH", value: "shop/composer" },
    ]
    expect(judge({ references }, {})).toMatchObject([
      {
        link: "project.variables",
        answer: "no",
        text: "every command of a build sees the app's secret in DB_PASSWORD, APP_KEY",
      },
    ])
    expect(judge({ references: references.slice(2) }, {})).toMatchObject([{ answer: "ok" }])
    expect(judge({}, {})).toEqual([])
  })
})
