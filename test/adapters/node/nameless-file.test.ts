import { execFile } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { expect, test } from "vitest"

const bun = join(import.meta.dirname, "../../../node_modules/.bin/bun")

async function probe(executable: string) {
  const folder = mkdtempSync(join(tmpdir(), "envseal-nameless-"))
  try {
    const script = join(import.meta.dirname, "nameless-probe.ts")
    const { stdout } = await promisify(execFile)(executable, [script, folder])
    return JSON.parse(stdout)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

test.skipIf(process.platform !== "linux")(
  "under Bun a file has no name until it is whole, takes none that is taken, and leaves nothing when it fails",
  async () => {
    expect(await probe(bun)).toEqual({
      first: "A=1\n",
      second: null,
      failed: "Error: full",
      during: [[], [".env"]],
      mode: "600",
      text: "A=1\n",
      left: [".env"],
    })
  },
)
