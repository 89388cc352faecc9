import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { parseAllDocuments } from "yaml"
import { parseConfig } from "../../../src/config/load.ts"
import { grammars } from "../../../src/setup/core/answer-grammar.ts"
import type { InitAnswers } from "../../../src/setup/core/answers.ts"
import { namesGivenBy } from "../../../src/setup/core/dockerfile.ts"
import { initFiles } from "../../../src/setup/run/init-files.ts"
import { runs } from "../../dotenv/values.ts"
import { nothingFound } from "../core/apps.ts"
import { exampleNames } from "../core/sites.ts"

const around = { ...nothingFound, exampleNames: ["APP_KEY"] }

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

  test.each([
    [null, ["LOG_CHANNEL"]],
    ["FROM php\nENV APP_DEBUG=false \\\n    LOG_CHANNEL=stderr\n", ["LOG_CHANNEL"]],
    ["FROM php\nENV LOG_CHANNEL stderr\n", ["LOG_CHANNEL"]],
    ["FROM php\n# ENV LOG_CHANNEL=stderr\nENV MAIL_LOG_CHANNEL=mail\n", []],
  ])(
    "asks no name of the secret that the image gives, with a Dockerfile that is there: %j",
    (dockerfile, expected) => {
      const [given] = fc.sample(answers, 1)
      const found = { ...around, dockerfile, exampleNames: ["APP_KEY", "LOG_CHANNEL"] }
      const files = new Map(initFiles(given as InitAnswers, found).map((file) => [file.path, file.text]))
      const { environments: read } = parseConfig(files.get("envseal.yaml") ?? "", "envseal.yaml")
      for (const { require } of read.values())
        expect(require).toEqual({ file: ".env.example", except: expected })
      expect(namesGivenBy(files.get("Dockerfile") ?? "")).toEqual(["LOG_CHANNEL"])
    },
  )
})

/** Read as Kubernetes does, by YAML 1.1. */
function faultsOf(yaml: string): unknown[] {
  return parseAllDocuments(yaml, { strict: true, version: "1.1" }).flatMap(({ errors, warnings }) => [
    ...errors,
    ...warnings,
  ])
}
