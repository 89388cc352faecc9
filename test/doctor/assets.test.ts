import { describe, expect, test } from "vitest"
import { environmentOf, parseConfig } from "../../src/config/load.ts"
import { judgeAssets } from "../../src/doctor/core/assets.ts"
import { judgeExample } from "../../src/doctor/core/example.ts"
import { remedyText } from "../../src/doctor/core/remedy.ts"

const example = 'APP_NAME=Shop\nAPP_KEY=\nDEBUGBAR_ENABLED=\nVITE_APP_NAME="${APP_NAME}"\nMIX_KEY=\n'
const examples = new Map([[".env.example", example]])

const settingsOf = (own: string) =>
  environmentOf(
    parseConfig(`{version: 1, app: shop, environments: { production: { ${own} } } }`, "envseal.yaml"),
    "production",
  )

const assets = (own: string, buildspec: string | null, dockerfile: string | null) =>
  judgeAssets(settingsOf(`require: .env.example, ${own}`), {
    examples,
    buildspec: { path: "buildspec.yaml", text: buildspec },
    image: { dockerfile },
  })

const takes = "FROM node AS assets\nARG VITE_APP_NAME\nARG MIX_KEY=x\nRUN npm run build\n"

describe("the names of the asset build", () => {
  test.each([
    ["build: { project: shop, variables: { VITE_APP_NAME: Shop, MIX_KEY: a } }", "version: 0.2\n"],
    ["build: { project: shop, variables: { MIX_KEY: a } }", "env:\n  variables:\n    VITE_APP_NAME: Shop\n"],
  ])("are ok with a value for each, by %j and %j", (own, buildspec) => {
    expect(assets(own, buildspec, takes)).toEqual([
      {
        link: "assets",
        about: "",
        answer: "ok",
        text: "VITE_APP_NAME, MIX_KEY",
        remedies: [],
        waitsFor: null,
      },
    ])
  })

  test("are not checked without a value, and the remedy is what the example has", () => {
    const [found] = assets("build: { project: shop }", null, takes)
    expect(found?.answer).toBe("not checked")
    expect(found?.text).toBe(
      "build.variables has no VITE_APP_NAME, MIX_KEY, and the CodeBuild project is not looked at for it",
    )
    expect(found?.remedies.map(remedyText)).toEqual([
      'set environments.production.build.variables.VITE_APP_NAME to "Shop" at envseal.yaml:1:41',
      'set environments.production.build.variables.MIX_KEY to "" at envseal.yaml:1:41',
    ])
  })

  test("are not checked where the Dockerfile does not take them", () => {
    const [found] = assets(
      "build: { project: shop, variables: { VITE_APP_NAME: Shop, MIX_KEY: a } }",
      null,
      "FROM php\n# ARG VITE_APP_NAME\nARG MIX_KEY\n",
    )
    expect(found).toMatchObject({ answer: "not checked" })
    expect(found?.text).toContain("the Dockerfile takes no VITE_APP_NAME:")
    expect(found?.remedies.map(remedyText)).toEqual([expect.stringContaining("write ARG VITE_APP_NAME")])
  })

  test("are not checked where the buildspec gives Docker none of what the Dockerfile takes", () => {
    const builds = (given: string) =>
      `phases: { build: { commands: ["docker build --tag shop ${given} ."] } }\n`
    const own = "build: { project: shop, variables: { VITE_APP_NAME: Shop, MIX_KEY: a } }"
    const [found] = assets(own, builds("--build-arg BASE_IMAGE=php"), takes)
    expect(found?.answer).toBe("not checked")
    expect(found?.text).toBe("buildspec.yaml gives Docker no VITE_APP_NAME")
    expect(found?.remedies.map(remedyText)).toEqual([
      expect.stringContaining("write --build-arg VITE_APP_NAME into buildspec.yaml"),
    ])
    expect(assets(own, builds("--build-arg VITE_APP_NAME"), takes)[0]?.answer).toBe("ok")
    expect(assets(own, builds(""), `ARG VITE_APP_NAME=Shop\n${takes}`)[0]?.answer).toBe("ok")
  })

  test.each([
    ["another CI builds", "account: '111122223333'"],
    [
      "they are excepted",
      "build: { project: shop }, require: { file: .env.example, except: [VITE_*, MIX_*] }",
    ],
    ["the example is not there", "build: { project: shop }, require: other"],
  ])("are no link where %s", (_, own) => {
    const facts = { examples, buildspec: { path: "b", text: null }, image: { dockerfile: null } }
    expect(judgeAssets(settingsOf(own), facts)).toEqual([])
  })
})

describe("the example file", () => {
  const judge = (require: string, text = example) =>
    judgeExample(settingsOf(`require: ${require}`), new Map([[".env.example", text]]))

  test("says how many of its names the secret must have", () => {
    expect(judge(".env.example")).toMatchObject({
      ...{ answer: "ok", remedies: [], text: ".env.example: the secret must have 3 names of 5" },
    })
    expect(judge("{ file: .env.example, except: [DEBUGBAR_*] }").text).toContain("must have 2 names of 5")
  })

  test("is ok with an exception that is none, which is advised to go", () => {
    const { answer, remedies } = judge("{ file: .env.example, except: [DEBUGBAR_*, TELESCOP_*] }")
    expect(answer).toBe("ok")
    expect(remedies.map(remedyText)).toEqual([expect.stringContaining("is not in .env.example: TELESCOP_*")])
  })

  test.each([
    ["A='x\n", "the quote after A= is not closed"],
    ["", "has no names"],
  ])("is a no where seal cannot read it: %j", (text, words) => {
    expect(judge(".env.example", text)).toMatchObject({ answer: "no", text: expect.stringContaining(words) })
  })
})
