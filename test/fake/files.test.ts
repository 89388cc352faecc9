import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, test } from "vitest"
import { nodeFiles } from "../../src/adapters/node/files.ts"
import { decodeUtf8, encodeUtf8 } from "../../src/core/text.ts"
import type { Files } from "../../src/ports/files.ts"
import { failureOf } from "./failure.ts"
import { FakeFiles } from "./files.ts"

const folder = mkdtempSync(join(tmpdir(), "envseal-files-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const kinds: readonly { kind: string; files: Files; root: string }[] = [
  { kind: "the fake", files: new FakeFiles(), root: "/fake" },
  { kind: "the file system", files: nodeFiles, root: folder },
]

describe.each(kinds)("files of $kind", ({ files, root }) => {
  const text = encodeUtf8("A=1\n")
  const secretFile = { mode: 0o400, owner: null, requireTmpfs: false }

  test("give back what was written, also where there was a file before", async () => {
    const path = join(root, "replaced")
    await files.replace(path, encodeUtf8("before"), 0o644)
    await files.replace(path, text, 0o644)
    expect(decodeUtf8(await files.read(path, 100))).toBe("A=1\n")
  })

  test("name the path that a secret was written to", async () => {
    const path = join(root, "secret")
    const planned = await files.planSecret(path, secretFile)
    expect(planned).toMatchObject({ path, file: { path, mode: 0o400 } })
    expect(await files.exists(path)).toBe(false)
    expect(await planned.write(text)).toMatchObject({ path })
    expect(decodeUtf8(await files.read(path, 100))).toBe("A=1\n")
  })

  test("are not overwritten where a new one is to be made", async () => {
    const path = join(root, "created")
    await files.createSecret(path, text)
    const { code } = await failureOf(() => files.createSecret(path, encodeUtf8("other")))
    expect(code).toBe("TARGET_EXISTS")
    expect(decodeUtf8(await files.read(path, 100))).toBe("A=1\n")
  })

  test("exist only once they were written", async () => {
    const path = join(root, "existing")
    expect(await files.exists(path)).toBe(false)
    await files.replace(path, text, 0o644)
    expect(await files.exists(path)).toBe(true)
  })

  test("that are not there cannot be read, and the message names the path", async () => {
    const { code, message } = await failureOf(() => files.read(join(root, "missing"), 100))
    expect(code).toBe("INPUT_UNREADABLE")
    expect(message).toContain(join(root, "missing"))
  })

  test("of exactly the limit are read, and larger ones are refused", async () => {
    const path = join(root, "limited")
    await files.replace(path, text, 0o644)
    expect((await files.read(path, text.length)).length).toBe(text.length)
    expect((await failureOf(() => files.read(path, text.length - 1))).code).toBe("INPUT_TOO_LARGE")
  })
})
