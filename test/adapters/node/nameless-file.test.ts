import { execFile } from "node:child_process"
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { holdFolder } from "../../../src/adapters/node/held-folder.ts"
import { placeNameless } from "../../../src/adapters/node/nameless-file.ts"

const programs = join(import.meta.dirname, "../../../node_modules/.bin")

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

test.skipIf(process.platform !== "linux").each([
  ["Bun", join(programs, "bun")],
  ["Node", join(programs, "node")],
])(
  "under %s a file has no name until it is whole, takes none that is taken, and leaves nothing when it fails",
  async (_, executable) => {
    expect(await probe(executable)).toEqual({
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

describe.skipIf(process.platform !== "linux")("under Node", () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(realpathSync(tmpdir()), "envseal-nameless-"))
    mkdirSync(join(folder, "bin"))
    mkdirSync(join(folder, "out"))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  /** Places a file by a linker of this name, which is a script or a link. */
  function placeBy(linker: string, name = ".env") {
    const held = holdFolder(join(folder, "out"))
    let writes = 0
    try {
      const write = (descriptor: number) => {
        writeSync(descriptor, "A=1\n")
        return ++writes
      }
      const placed = placeNameless(held, name, write, join(folder, "bin", linker))
      return { placed, writes, left: readdirSync(join(folder, "out")) }
    } finally {
      held.release()
    }
  }

  function script(name: string, text: string): string {
    writeFileSync(join(folder, "bin", name), `#!/bin/sh\n${text}\n`, { mode: 0o755 })
    return name
  }

  test.each([".env", "-f", "--help", "a b\n$(id)", "\u00e4", "*"])(
    "the file gets the name %j as it is",
    (name) => {
      symlinkSync("/bin/ln", join(folder, "bin/ln"))
      expect(placeBy("ln", name)).toEqual({ placed: 1, writes: 1, left: [name] })
      expect(readFileSync(join(folder, "out", name), "utf8")).toBe("A=1\n")
    },
  )

  test("nothing is written where the linker is one program with many names, or not there", () => {
    script("busybox", "exit 0")
    symlinkSync("busybox", join(folder, "bin/ln"))
    expect(placeBy("ln")).toEqual({ placed: null, writes: 0, left: [] })
    expect(placeBy("none")).toEqual({ placed: null, writes: 0, left: [] })
  })

  test.each([
    ["fails", "exit 1"],
    ["is ended by a signal", "kill -9 $$"],
    ["does nothing and says that it did", "exit 0"],
    ["does not end", "exec sleep 60"],
  ])("nothing is named by a linker that %s", (_, text) => {
    expect(placeBy(script("ln", text))).toEqual({ placed: null, writes: 1, left: [] })
  })

  test("a linker that makes another file is not believed", () => {
    const { placed } = placeBy(script("ln", 'for to do :; done; echo other > "$to"'))
    expect(placed).toBeNull()
  })

  test("the linker is given no variable, no stream and no value, and no Ctrl-C reaches it", () => {
    const seen = join(folder, "seen")
    process.env["ENVSEAL_LINKER_TEST"] = "canary-5d1c"
    try {
      placeBy(
        script(
          "ln",
          `streams=$(readlink /proc/$$/fd/0 /proc/$$/fd/1 /proc/$$/fd/2)\n{ tr '\\0' '\\n' < /proc/$$/environ; echo "$streams"; cut -d " " -f 6 /proc/$$/stat | sed "s/^$$$/its own session/"; echo "$*"; } > ${seen}`,
        ),
      )
    } finally {
      delete process.env["ENVSEAL_LINKER_TEST"]
    }
    expect(readFileSync(seen, "utf8")).toBe(
      "/dev/null\n/dev/null\n/dev/null\nits own session\n-LT -- /proc/self/fd/3 /proc/self/fd/4/.env\n",
    )
  })
})
