import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { type EditOptions, type RunningEdit, startEdit } from "./edit-box.ts"
import { canary, first, type SecretStage, startSecretStage, withVersions } from "./stage.ts"

let stage: SecretStage
beforeAll(async () => {
  stage = await startSecretStage()
})
beforeEach(() => stage.reset())
afterAll(() => stage.aws.stop())

const key = `base64:${canary}-1=`
const unchanged = { APP_KEY: key, PORT: 5432 }
const pending = "00000000-0000-4000-8000-000000000003"
const question = "Make this the current version of shop/production?"
const edit = (script: string, options: EditOptions = {}) => startEdit(stage, script, options)
const operations = async () => (await stage.aws.requests()).map(({ operation }) => operation)

/** That an edit has ended like this, wrote nothing, showed no value, and left no folder. */
async function endedInVain({ terminal, folder }: RunningEdit, status: number, told: string): Promise<void> {
  expect(await terminal.ended(), terminal.screen).toBe(status)
  expect(terminal.screen.replace(/\s+/g, " ")).toContain(told)
  expect(terminal.screen).not.toContain(canary)
  expect(terminal.screen).not.toContain("hunter")
  expect(folder() !== "" && existsSync(folder())).toBe(false)
  expect(await stage.current()).toEqual(unchanged)
  expect(await operations()).not.toContain("PutSecretValue")
}

describe("envseal secret edit", () => {
  test("stores what was edited as a .env, and leaves what was not as it is written", async () => {
    const script = `sed -i "s/^PORT=.*/PORT=5433/" "$file"; echo "NEW='a b'" >> "$file"; touch "$file~" "\${file%/*}/.swp"`
    const run = edit(script)
    await run.terminal.answer(question, "y")
    expect(await run.terminal.ended(), run.terminal.screen).toBe(0)
    expect(run.terminal.screen).toContain("added: NEW")
    expect(run.terminal.screen).toContain("changed: PORT")
    expect(run.terminal.screen).toContain("roll it out: envseal deploy production")
    expect(run.terminal.screen).not.toContain(canary)
    const [newest] = await stage.versions()
    expect(newest?.string).toBe(`{"APP_KEY":"${key}","PORT":"5433","NEW":"a b"}`)
    expect(run.seen(1)).toMatch(/^# envseal: The secret shop\/production of production, at version\n/)
    expect(run.seen(1)).toContain(`\nAPP_KEY=${key}\nPORT=5432\n`)
    expect(run.folder()).toMatch(/^\/dev\/shm\/envseal-edit-[0-9a-f]{24}$/)
    expect(existsSync(run.folder())).toBe(false)
  })

  test("with --format json gives and takes JSON, where numbers stay as they are", async () => {
    const run = edit(`sed -i 's/  "APP_KEY".*/  "APP_KEY": "new",/' "$file"`, {
      args: ["--format", "json", "-y"],
    })
    expect(await run.terminal.ended(), run.terminal.screen).toBe(0)
    expect(run.seen(1)).toContain(`\n{\n  "APP_KEY": "${key}",\n  "PORT": 5432\n}\n`)
    expect((await stage.versions())[0]?.string).toBe('{"APP_KEY":"new","PORT":5432}')
  })

  test("gives a secret without a value its first one", async () => {
    await withVersions(stage, [])
    const run = edit(`echo A=1 >> "$file"`, { args: ["--yes"] })
    expect(await run.terminal.ended(), run.terminal.screen).toBe(0)
    expect(await stage.current()).toEqual({ A: "1" })
  })

  test("begins a first value with the required names, and refuses it unfilled, at each line", async () => {
    await withVersions(stage, [])
    const settings = readFileSync(stage.box.path("envseal.yaml"), "utf8")
    const require = "require: { file: .env.example, except: [DEBUGBAR_*] }"
    writeFileSync(
      stage.box.path("envseal.yaml"),
      settings.replace("secret: shop/production", `secret: shop/production\n    ${require}`),
    )
    writeFileSync(
      stage.box.path(".env.example"),
      "APP_KEY=canary\nDB_PASSWORD=\nDEBUGBAR_ENABLED=true\nVITE_APP_NAME=Shop\n",
    )
    const run = edit(`if [ "$time" = 1 ]; then echo >> "$file"; else sed -i "s/=$/=hunter/" "$file"; fi`, {
      args: ["--yes"],
    })
    expect(await run.terminal.ended(), run.terminal.screen).toBe(0)
    expect(run.seen(1)).toMatch(/without values\.[^=]*\nAPP_KEY=\nDB_PASSWORD=\n$/)
    expect(run.seen(2)).toMatch(/# envseal: APP_KEY is empty, as every other value is[^=]*\nAPP_KEY=\n/)
    expect(await stage.current()).toEqual({ APP_KEY: "hunter", DB_PASSWORD: "hunter" })
  })

  test.each([
    ["as it was", "true", 0, "the text was left as it was"],
    ["with other comments and blanks", `echo "# hm" >> "$file"; echo >> "$file"`, 0, "nothing would change"],
    ["empty", `: > "$file"`, 3, "the text was emptied"],
  ])("changes nothing when the text is left %s", async (_, script, status, told) => {
    await endedInVain(edit(script), status, told)
  })

  test("changes nothing when the answer is no", async () => {
    const run = edit(`echo NEW=1 >> "$file"`)
    await run.terminal.answer(question, "n")
    await endedInVain(run, 3, "nothing was changed")
  })

  test("takes a file that was put in the place of the first one, as many editors do it", async () => {
    const run = edit(`cp "$file" "$file.new"; echo NEW=1 >> "$file.new"; mv "$file.new" "$file"`, {
      args: ["-y"],
    })
    expect(await run.terminal.ended(), run.terminal.screen).toBe(0)
    expect(await stage.current()).toMatchObject({ NEW: "1" })
  })

  test("gives the editor neither identities nor credentials, and a folder for its own files", async () => {
    const run = edit(`env > "$box/env"`, {
      name: "nano",
      env: { ENVSEAL_IDENTITY: "AGE-SECRET-KEY-1X", MINE: "yes" },
    })
    expect(await run.terminal.ended(), run.terminal.screen).toBe(0)
    const variables = readFileSync(stage.box.path("env"), "utf8")
    expect(variables).toMatch(/^MINE=yes$/m)
    expect(variables).toContain(`TMPDIR=${run.folder()}\n`)
    expect(variables).not.toMatch(/ENVSEAL_IDENTITY|AWS_SECRET_ACCESS_KEY|AWS_SESSION_TOKEN/)
    expect(run.given(1)).toEqual(["--ignorercfiles"])
  })

  test("with --json prints one object, and the editor is on the terminal all the same", async () => {
    const run = edit(`[ -t 1 ] && echo NEW=1 >> "$file"`, {
      args: ["--json", "--yes"],
      by: ["sh", "-c", '"$@" > told.json', "sh"],
    })
    expect(await run.terminal.ended(), run.terminal.screen).toBe(0)
    expect(JSON.parse(readFileSync(stage.box.path("told.json"), "utf8"))).toMatchObject({
      ...{ environment: "production", changes: [{ name: "NEW", change: "added" }] },
    })
  })
})

describe("a mistake", () => {
  test("opens the editor again at its line, with what is wrong, as often as it takes", async () => {
    const script = `case $time in
      1) echo "A=hunter 2" >> "$file" ;;
      2) sed -i "s/^A=.*/A='hunter 2'/; s/^PORT/PORT=1\\nPORT/" "$file" ;;
      3) sed -i "/^PORT=1/d" "$file" ;;
    esac`
    const run = edit(script, { name: "vim" })
    await run.terminal.answer(question, "y")
    expect(await run.terminal.ended(), run.terminal.screen).toBe(0)
    expect(await stage.current()).toEqual({ APP_KEY: key, PORT: 5432, A: "hunter 2" })
    const quiet = ["-n", "-i", "NONE", "-c", "set noundofile nobackup nowritebackup"]
    expect(run.given(1)).toEqual(quiet)
    for (const [time, line] of [
      [2, "A=hunter 2"],
      [3, "PORT=5432"],
    ] as const) {
      const lines = run.seen(time).split("\n")
      const at = lines.indexOf(line)
      expect(run.given(time)).toEqual([...quiet, `+${at + 1}`])
      expect(lines[at - 1]).toMatch(/^# envseal: /)
    }
    expect(run.seen(2)).toContain("# envseal: text after the value of A;")
    expect(run.seen(3)).not.toContain("text after the value of A")
    const told = run.seen(3).replaceAll("\n# envseal:", "")
    const [, one, other] = /PORT stands on line (\d+) and again on line (\d+)/.exec(told) ?? []
    const lines = run.seen(3).split("\n")
    expect([lines[Number(one) - 1], lines[Number(other) - 1]]).toEqual(["PORT=1", "PORT=5432"])
    expect(run.terminal.screen).not.toContain("hunter")
  })

  test.each([
    ["syntax", `[ $time = 1 ] && echo "A=hunter 2" >> "$file"; true`, "[DOTENV_MALFORMED]"],
    [
      "a quote that is not closed",
      `[ $time = 1 ] && echo 'A="hunter' >> "$file"; true`,
      "[DOTENV_MALFORMED]",
    ],
    ["what readers disagree on", `[ $time = 1 ] && echo "A=hunter#2" >> "$file"; true`, "[SECRET_REFUSED]"],
    [
      "a name that may not be sealed",
      `[ $time = 1 ] && echo "PATH=hunter" >> "$file"; true`,
      "[FORBIDDEN_NAME]",
    ],
    ["a text that is not UTF-8", `[ $time = 1 ] && printf 'A=\\377\\n' >> "$file"; true`, "is not UTF-8"],
    [
      "70 KB",
      `[ $time = 1 ] && { printf A=; head -c 70000 /dev/zero | tr '\\0' a; } >> "$file"; true`,
      "[INPUT_TOO_LARGE]",
    ],
  ])("in %s that is left as it is ends with its code", async (_, script, told) => {
    const run = edit(script)
    await endedInVain(run, 4, told)
    expect(readFileSync(stage.box.path("time"), "utf8").trim()).toBe("2")
    expect(readFileSync(stage.box.path("seen-2"), "latin1")).toContain("# envseal: ")
  })

  test("in JSON is told at its line too", async () => {
    const run = edit(`[ $time = 1 ] && sed -i 's/5432/5432,/' "$file"; true`, { args: ["--format", "json"] })
    await endedInVain(run, 4, "[SECRET_MALFORMED]")
    expect(run.seen(2)).toMatch(
      /\n\/\/ envseal: the text is not JSON \(line \d+, column 1\);[^\n]*\n\/\/ [^\n]*\n}\n$/,
    )
  })
})

describe("an editor", () => {
  test.each([
    ["ends with an error", `exit 1`, 4, "ended with status 1; nothing was changed [EDITOR_FAILED]"],
    ["is killed", `kill -9 $$`, 4, "ended by SIGKILL; nothing was changed [EDITOR_FAILED]"],
    ["removes the file", `rm "$file"`, 4, "left no file; nothing was changed [EDITOR_FAILED]"],
    [
      "leaves a folder",
      `rm "$file"; mkdir "$file"`,
      4,
      "left no regular file; nothing was changed [EDITOR_FAILED]",
    ],
    [
      "leaves a pipe",
      `rm "$file"; mkfifo "$file"`,
      4,
      "left no regular file; nothing was changed [EDITOR_FAILED]",
    ],
    [
      "leaves a link",
      `echo A=hunter2 > "$box/other"; ln -sf "$box/other" "$file"`,
      4,
      "left no file that can be read; nothing was changed [EDITOR_FAILED]",
    ],
    ["makes the file huge", `head -c 2000000 /dev/zero > "$file"`, 4, "left 2000000 bytes [INPUT_TOO_LARGE]"],
    ["writes another file", `echo A=hunter2 > "$file.txt"`, 0, "the text was left as it was"],
    [
      "forks away",
      `(sleep 60; echo A=hunter2 >> "$file") > /dev/null 2>&1 & exit 0`,
      0,
      "has to wait until the file",
    ],
  ])("that %s changes nothing", async (_, script, status, told) => {
    await endedInVain(edit(script), status, told)
  })

  test.each([
    ["is not there", "/nowhere/vim -u x", 127, "[COMMAND_NOT_FOUND]"],
    ["a shell does not find", "A=1 nowhere-vim", 127, "[COMMAND_NOT_FOUND]"],
    ["may not be executed", "A=1 ./envseal.yaml", 126, "[COMMAND_NOT_EXECUTABLE]"],
  ])("that %s changes nothing", async (_, visual, status, told) => {
    await endedInVain(edit("", { visual }), status, told)
  })

  test("of a shell's words gets them, and what it takes to leave no traces", async () => {
    const visual = `SHOWN='a b' ${stage.box.path("vim")} -u "$EMPTY"`
    const run = edit(`echo "SHOWN='$SHOWN'" >> "$file"`, { name: "vim", visual, args: ["--yes"] })
    expect(await run.terminal.ended(), run.terminal.screen).toBe(0)
    expect(await stage.current()).toMatchObject({ SHOWN: "a b" })
    expect(run.given(1).slice(0, 3)).toEqual(["-u", "", "-n"])
  })

  test("with a window is told to wait, and of what stays on the disk", async () => {
    const run = edit("true", { name: "code" })
    await endedInVain(run, 0, "keeps a history of files on the disk")
    expect(run.given(1)).toEqual(["--wait"])
  })

  test("is not asked for without a terminal, nor AWS for anything", async () => {
    const run = await stage.secret(["edit", "production"], { env: { VISUAL: "true" } })
    expect(run).toMatchObject({ status: 2, stdout: "" })
    expect(run.stderr).toContain("[USAGE]")
    expect(await operations()).toEqual([])
  })
})

describe("what no .env can carry", () => {
  test("is edited as JSON, and the code says so", async () => {
    await withVersions(stage, [{ id: first, stages: ["AWSCURRENT"], string: '{"a-b":"hunter2","A":"1"}' }])
    const refused = edit("true")
    expect(await refused.terminal.ended()).toBe(4)
    expect(refused.terminal.screen).toContain("envseal secret edit production --format json")
    const run = edit(`sed -i 's/a-b/A_B/' "$file"`, { args: ["--format", "json", "--yes"] })
    expect(await run.terminal.ended(), run.terminal.screen).toBe(0)
    expect(await stage.current()).toEqual({ A: "1", A_B: "hunter2" })
  })
})

describe("a failure after the edit", () => {
  test("that may pass can be tried again with what was edited", async () => {
    const before = await stage.versions()
    const [current] = before
    if (current === undefined) throw new Error("the secret has no version")
    const rotating = [...before, { id: pending, stages: ["AWSPENDING"], string: current.string ?? "" }]
    await withVersions(stage, rotating)
    const run = edit(`echo NEW=1 >> "$file"`, { args: ["--yes"] })
    await run.terminal.shows("[SECRET_BUSY]")
    await run.terminal.shows("Try again with what you have edited?")
    await withVersions(stage, before)
    run.terminal.type("y\r")
    expect(await run.terminal.ended(), run.terminal.screen).toBe(0)
    expect(await stage.current()).toMatchObject({ NEW: "1" })
  })
})
