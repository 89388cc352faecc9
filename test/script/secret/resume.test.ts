import { existsSync, rmSync, writeFileSync } from "node:fs"
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest"
import { startEdit } from "./edit-box.ts"
import { canary, type SecretStage, startSecretStage } from "./stage.ts"

let stage: SecretStage
beforeAll(async () => {
  stage = await startSecretStage()
})
beforeEach(() => stage.reset())
afterAll(() => stage.aws.stop())

const key = `base64:${canary}-1=`

/** An edit of MINE and PORT, which another change overtakes. @returns the id of its draft, as the hint has it. */
async function overtakenEdit(theirs: readonly string[]): Promise<string> {
  const { box } = stage
  for (const name of ["go", "opened"]) rmSync(box.path(name), { force: true })
  const wait = 'touch "$box/opened"; while [ ! -e "$box/go" ]; do sleep 0.05; done'
  const change = `sed -i "s/^PORT=.*/PORT=${canary}-mine/" "$file"; echo MINE=1 >> "$file"`
  const { terminal } = startEdit(stage, `${wait}; ${change}`, { args: ["--yes"] })
  await expect.poll(() => existsSync(box.path("opened"))).toBe(true)
  const other = await stage.secret(["set", "production", ...theirs, "--yes"], { stdin: `${canary}-theirs` })
  expect(other).toMatchObject({ status: 0 })
  writeFileSync(box.path("go"), "")
  expect(await terminal.ended(), terminal.screen).toBe(7)
  expect(terminal.screen).toContain("[SECRET_CHANGED]")
  expect(terminal.screen).not.toContain(canary)
  const [, version] = /--resume\s+([0-9a-f-]{36})/.exec(terminal.screen) ?? []
  if (version === undefined) throw new Error(terminal.screen)
  return version
}

const roles = async () =>
  JSON.parse((await stage.secret(["versions", "production", "--json"])).stdout).versions.map(
    ({ role }: { role: string }) => role,
  )

test("edit --resume goes on with an edit that was overtaken, and shows in the file what both changed", async () => {
  const version = await overtakenEdit(["PORT"])
  const run = startEdit(stage, "true", { args: ["--resume", version] })
  await run.terminal.answer("Make this the current version of shop/production?", "y")
  expect(await run.terminal.ended(), run.terminal.screen).toBe(0)
  expect(run.terminal.screen).toContain("both changed PORT")
  expect(run.terminal.screen).not.toContain(canary)
  const remark = "# envseal: both changed PORT: this is yours, and theirs is current"
  expect(run.seen(1)).toContain(
    `${remark}\n# envseal:   PORT=${canary}-theirs\nPORT=${canary}-mine\nMINE=1\n`,
  )
  expect(await stage.current()).toEqual({ APP_KEY: key, PORT: `${canary}-mine`, MINE: "1" })
  expect(await roles()).not.toContain("draft")
})

test("another command goes on with it too, and asks nobody with --yes where nothing was changed by both", async () => {
  const version = await overtakenEdit(["THEIRS"])
  const run = await stage.secret(["import", "production", "-", "--resume", version, "--yes"])
  expect(run).toMatchObject({ status: 0 })
  expect(run.stderr).toContain("changed by others since then, and kept: THEIRS")
  expect(run.stderr).not.toContain(canary)
  expect(await stage.current()).toEqual({
    ...{ APP_KEY: key, PORT: `${canary}-mine`, THEIRS: `${canary}-theirs`, MINE: "1" },
  })
  expect(await roles()).not.toContain("draft")
})

test("with --yes it is refused where both changed a name, and stays a draft", async () => {
  const version = await overtakenEdit(["PORT"])
  const before = await stage.current()
  const run = await stage.secret(["set", "production", "PORT", "--resume", version, "--yes"])
  expect(run).toMatchObject({ status: 7, stdout: "" })
  expect(run.stderr).toContain("both changed PORT, and nobody is asked")
  expect(run.stderr).toContain(`envseal secret edit production --resume ${version}`)
  const other = await stage.secret(["unset", "production", "APP_KEY", "--resume", version, "--yes"])
  expect(other).toMatchObject({ status: 2 })
  expect(`${run.stderr}${other.stderr}`).not.toContain(canary)
  expect(await stage.current()).toEqual(before)
  expect(await roles()).toContain("draft")
})
