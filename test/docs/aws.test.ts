import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { sandbox } from "../script/harness.ts"
import { blocksOf } from "./markdown.ts"

const root = join(import.meta.dirname, "../..")
const text = readFileSync(join(root, "docs/aws.md"), "utf8")
const policies = blocksOf(text, "sh").find((block) => block.startsWith("envseal policy")) ?? ""
const commands = policies.replaceAll("envseal ", `"${process.execPath}" "${join(root, "bin/envseal.js")}" `)

test("the commands of docs/aws.md print five policies", async () => {
  const run = await sandbox().run("bash", ["-euo", "pipefail", "-c", commands])
  expect(run.status, run.stderr).toBe(0)
  const policies = run.stdout.split(/^(?=\{)/m).map((policy) => JSON.parse(policy))
  const actions = policies.map((policy) =>
    policy.Statement.flatMap(({ Action }: { Action: string }) => Action),
  )
  expect(actions.map((list) => list.includes("kms:Encrypt"))).toEqual([true, false, false, false, true])
  expect(actions.map((list) => list.includes("kms:Decrypt"))).toEqual([false, true, false, false, true])
  expect(actions.map((list) => list.includes("secretsmanager:GetSecretValue"))).toEqual([
    true,
    false,
    false,
    true,
    false,
  ])
})

test("docs/aws.md names the two conditions as envseal policy prints them", async () => {
  const run = await sandbox().run("bash", ["-euo", "pipefail", "-c", commands])
  const [build] = run.stdout.split(/^(?=\{)/m).map((policy) => JSON.parse(policy))
  const shown = /"StringEquals": .*\n.*"ForAllValues:StringEquals": .*/.exec(text)?.[0] ?? ""
  expect(JSON.parse(`{${shown}}`)).toEqual(build.Statement.at(-1).Condition)
})
