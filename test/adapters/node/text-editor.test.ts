import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, expect, test } from "vitest"
import { textEditorIn } from "../../../src/adapters/node/text-editor.ts"
import { failureOf } from "../../fake/failure.ts"

const folder = mkdtempSync(join(tmpdir(), "envseal-editor-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const

test.each([
  // What the system says of these the runtime throws, or tells later, and not each runtime the same.
  ["is below a file", "file/editor", "COMMAND_NOT_FOUND", "there is no such file"],
  ["has lines that end in CRLF", "crlf", "COMMAND_NOT_EXECUTABLE", "CRLF"],
  ["has an interpreter that is not there", "lost", "COMMAND_NOT_EXECUTABLE", "its interpreter /nowhere/sh"],
])("an editor that %s is a failure of the editor, and signals are let go", async (_, name, code, why) => {
  writeFileSync(join(folder, "file"), "")
  writeFileSync(join(folder, "crlf"), "#!/bin/sh\r\nexit 0\r\n", { mode: 0o755 })
  writeFileSync(join(folder, "lost"), "#!/nowhere/sh\nexit 0\n", { mode: 0o755 })
  const path = join(folder, name)
  const before = signals.map((signal) => process.listeners(signal))
  const editor = textEditorIn(folder, "text.env", { name: path, command: () => [path], variables: {} })
  const failure = await failureOf(() => editor.edit(Buffer.from("A=hunter2\n"), null))
  expect(failure).toMatchObject({ code, message: expect.stringContaining(why) })
  expect(failure.hint).toBe("name another one in VISUAL or EDITOR")
  expect(`${failure.message}${failure.stack}`).not.toContain("hunter2")
  expect(signals.map((signal) => process.listeners(signal))).toEqual(before)
})
