import { execFileSync, spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"

const main = join(import.meta.dirname, "main.ts")
const account = "111122223333"
const named = ["--account", account, "--region", "eu-west-1", "--eks", "main"]

let folder = ""
let app: readonly string[] = []

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "envseal-account-test-"))
  const path = join(folder, "app")
  app = ["--app", path]
  mkdirSync(path)
  writeFileSync(join(path, "composer.json"), "{}")
  const git = (...words: readonly string[]) =>
    execFileSync("git", ["-C", path, "-c", "user.name=a", "-c", "user.email=a@example.com", ...words])
  git("init", "--quiet")
  git("add", ".")
  git("commit", "--quiet", "--message", "app")
  mkdirSync(join(folder, "bin"))
  // Writes down what it is asked, is of the account, and makes a key and nothing else.
  const aws = `#!/bin/sh
echo "$*" >>"${folder}/asked"
case "$*" in
  *get-caller-identity*) echo ${account} ;;
  *create-key*) echo arn:aws:kms:eu-west-1:${account}:key/1 ;;
  *create-repository*) exit 1 ;;
esac
`
  writeFileSync(join(folder, "bin/aws"), aws, { mode: 0o755 })
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** @param shell what runs the command line, which is `"$@"`. */
function run(args: readonly string[], shell = '"$@"') {
  writeFileSync(join(folder, "asked"), "")
  const { status, stderr } = spawnSync("sh", ["-c", shell, "sh", process.execPath, main, ...args], {
    encoding: "utf8",
    input: `${account}\n`,
    env: { PATH: `${join(folder, "bin")}:${process.env["PATH"]}`, TMPDIR: folder },
  })
  return { status, stderr, asked: readFileSync(join(folder, "asked"), "utf8") }
}

test("a run on a real account ends before it asks anything when nobody names the account", () => {
  const { status, stderr, asked } = run(["--region", "eu-west-1", "--eks", "main", ...app, "--yes"])
  expect({ status, asked }).toEqual({ status: 2, asked: "" })
  expect(stderr).toContain("name the account that pays")
})

test("it tells its cost, and ends before it asks anything where nobody can type the account's id", () => {
  const { status, stderr, asked } = run([...named, ...app])
  expect({ status, asked }).toEqual({ status: 3, asked: "" })
  expect(stderr).toContain("less than one US dollar")
})

test("it deletes what it made, also when nobody reads any more what it says", () => {
  const { asked } = run([...named, ...app, "--yes"], '"$@" 2>&1 | true')
  expect(asked).toContain("kms create-key")
  expect(asked).toContain("kms schedule-key-deletion --region eu-west-1 --key-id arn:")
  expect(asked.trimEnd().split("\n").at(-1)).toContain("get-resources")
})
