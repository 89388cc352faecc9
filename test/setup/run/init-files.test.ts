import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { parseAllDocuments } from "yaml"
import { grammars } from "../../../src/setup/core/answer-grammar.ts"
import type { InitAnswers } from "../../../src/setup/core/answers.ts"
import { initFiles } from "../../../src/setup/run/init-files.ts"
import type { FoundRepository } from "../../../src/setup/run/repository-look.ts"
import { runs } from "../../dotenv/values.ts"
import { nothingAround, unknownApp } from "../core/apps.ts"
import { exampleNames } from "../core/sites.ts"

const around: FoundRepository = {
  ...{
    composer: null,
    broken: [],
    app: unknownApp,
    isSetUp: false,
    hasOwnBuildspec: false,
    exampleNames: ["APP_KEY"],
  },
  around: nothingAround,
  ...{
    gitignore: null,
    gitattributes: null,
    origin: null,
    mainBranch: null,
    contexts: [],
    region: null,
    clone: null,
  },
}

const text = (pattern: RegExp) => fc.stringMatching(pattern).filter((name) => !exampleNames.test(name))
const apps = fc.oneof(fc.constantFrom("My_Till.2", "9-lives", "null", "123"), text(grammars.app.pattern))
const environments = fc.uniqueArray(
  fc.oneof(fc.constantFrom("no", "y", "on"), text(grammars.environment.pattern)),
  { minLength: 1, maxLength: 3 },
)

const answers: fc.Arbitrary<InitAnswers> = fc
  .record({ app: apps, environments, hasKeys: fc.boolean(), eks: fc.option(text(grammars.eks.pattern)) })
  .map(({ app, environments: names, hasKeys, eks }) => ({
    ...{ app, environments: names as [string, ...string[]], account: "444455556666", region: "us-east-2" },
    ...{ eks, clusterContext: eks === null ? "admin: 1" : null, baseImage: "php:8.4-fpm" },
    namespaces: Object.fromEntries(names.map((name) => [name, `n-${name}`])),
    repository: "444455556666.dkr.ecr.us-east-2.amazonaws.com/till",
    kmsKeys: hasKeys
      ? Object.fromEntries(names.map((name) => [name, "arn:aws:kms:us-east-2:444455556666:key/mrk-0a"]))
      : {},
    ...{ recipients: [], source: "main", binaryImage: null, healthPath: "/up" },
  }))

describe("initFiles", () => {
  test("writes files that can be read, each in a place of its own, whatever things are called", () => {
    fc.assert(
      fc.property(answers, (given) => {
        const files = initFiles(given, around)
        expect(new Set(files.map(({ path }) => path)).size).toBe(files.length)
        for (const file of files) {
          expect(file.text.endsWith("\n"), file.path).toBe(true)
          if (file.path.endsWith(".json")) expect(() => JSON.parse(file.text), file.path).not.toThrow()
          if (/^(?!.*cloudformation).*\.yaml$/.test(file.path)) expect(faultsOf(file.text)).toEqual([])
        }
      }),
      runs(100),
    )
  })

  test("leaves nothing of the example's names", () => {
    fc.assert(
      fc.property(answers, (given) => {
        for (const { path, text: content } of initFiles(given, around))
          expect(content, path).not.toMatch(exampleNames)
      }),
      runs(100),
    )
  })

  test("marks what is a program, and nothing else", () => {
    const [given] = fc.sample(answers, 1)
    const files = given === undefined ? [] : initFiles(given, around)
    expect(files.filter(({ executable }) => executable).map(({ path }) => path)).toEqual(["boot.sh"])
  })
})

/** Read as Kubernetes does, by YAML 1.1. */
function faultsOf(yaml: string): unknown[] {
  return parseAllDocuments(yaml, { strict: true, version: "1.1" }).flatMap(({ errors, warnings }) => [
    ...errors,
    ...warnings,
  ])
}
