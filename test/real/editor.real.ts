import { mkdirSync, readdirSync, writeFileSync } from "node:fs"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { first, type SecretStage, startSecretStage, withVersions } from "../script/secret/stage.ts"
import { filesWith, newMarker } from "./markers.ts"
import { Tmux } from "./tmux.ts"

let stage: SecretStage
let sessions = 0
beforeAll(async () => {
  stage = await startSecretStage()
  mkdirSync(stage.box.path("home/traces"), { recursive: true })
})
beforeEach(() => stage.reset())
afterAll(() => stage.aws.stop())

const question = "Make this the current version of shop/production?"

/** What asks an editor for every trace that it can leave, in the folder for them. */
const configurations = (traces: string): Readonly<Record<string, string>> => ({
  ".vimrc": `set nocp swapfile directory=${traces} backup backupdir=${traces} undofile undodir=${traces} viminfo='9,n${traces}/info\n`,
  ".nanorc": `set backup\nset backupdir "${traces}"\nset historylog\nset positionlog\n`,
})

interface Keys {
  /** Adds a line to the end of the text. */
  readonly append: (terminal: Tmux, line: string) => void
  /** Puts another line in the place of the one at the cursor. */
  readonly replace: (terminal: Tmux, line: string) => void
  readonly leave: (terminal: Tmux) => void
  readonly giveUp: (terminal: Tmux) => void
  /** On the screen once it can be typed. */
  readonly ready: string
}

const vi: Keys = {
  append: (terminal, line) => {
    terminal.type("Go")
    terminal.type(line)
    terminal.press("Escape")
  },
  replace: (terminal, line) => {
    terminal.type("0C")
    terminal.type(line)
    terminal.press("Escape")
  },
  leave: (terminal) => terminal.press(":wq", "Enter"),
  giveUp: (terminal) => terminal.press(":cq", "Enter"),
  ready: "production.env",
}

const nano: Keys = {
  append: (terminal, line) => {
    terminal.press("M-/")
    terminal.type(line)
    terminal.press("Enter")
  },
  replace: (terminal, line) => {
    terminal.press("C-k")
    terminal.type(line)
    terminal.press("Enter")
  },
  leave: (terminal) => terminal.press("C-o", "Enter", "C-x"),
  giveUp: (terminal) => terminal.press("C-x"),
  ready: "^G Help",
}

function edit(editor: string): Tmux {
  const { box } = stage
  const home = box.path("home")
  for (const [name, text] of Object.entries(configurations(box.path("home/traces")))) {
    writeFileSync(box.path(`home/${name}`), text)
  }
  const env = {
    PATH: process.env["PATH"] ?? "",
    ...stage.env(),
    HOME: home,
    TMPDIR: box.folder,
    EDITOR: editor,
  }
  const socket = box.path(`tmux-${sessions++}`)
  return new Tmux(socket, box.command(["secret", "edit", "production"]), { cwd: box.folder, env })
}

describe.each([
  ["vi", vi],
  ["nano", nano],
])("in %s on a terminal of 80 columns", (editor, keys) => {
  test("a mistake is shown at its line, and once it is mended the secret is stored, with no trace on the disk", async () => {
    const marker = newMarker(stage.box.path("stamp"))
    await withVersions(stage, [
      {
        id: first,
        stages: ["AWSCURRENT"],
        string: JSON.stringify({ APP_KEY: `base64:${marker}=`, PORT: 5432 }),
      },
    ])
    const terminal = edit(editor)
    try {
      await terminal.shows(keys.ready)
      await terminal.shows("PORT=5432")
      expect(terminal.screen().join("\n")).toContain("# envseal: The secret shop/production of production")
      keys.append(terminal, `NEW=${marker}#1`)
      await terminal.shows(`NEW=${marker}#1`)
      keys.leave(terminal)
      await terminal.shows("has a # within the value")
      await terminal.shows("the cursor at the mistake", () => terminal.cursorLine().startsWith("NEW="))
      process.stdout.write(
        `${editor}, after a mistake:\n${terminal.screen().join("\n").replaceAll(marker, "…")}\n`,
      )
      keys.replace(terminal, `NEW='${marker}#1'`)
      await terminal.shows(`NEW='${marker}#1'`)
      keys.leave(terminal)
      await terminal.shows(question)
      const shown = terminal.screen().join("\n")
      expect(shown).toContain("added: NEW")
      expect(shown).not.toContain(marker)
      terminal.press("y", "Enter")
      await terminal.shows("ended with 0")
    } finally {
      terminal.close()
    }
    expect(await stage.current()).toEqual({ APP_KEY: `base64:${marker}=`, PORT: 5432, NEW: `${marker}#1` })
    expect(readdirSync(stage.box.path("home/traces"))).toEqual([])
    expect(await filesWith(marker, stage.box.path("stamp"))).toEqual([])
  })

  test("giving up changes nothing", async () => {
    const terminal = edit(editor)
    try {
      await terminal.shows(keys.ready)
      keys.giveUp(terminal)
      await terminal.shows("nothing was changed")
      await terminal.shows(editor === "vi" ? "ended with 4" : "ended with 0")
    } finally {
      terminal.close()
    }
    expect(await stage.versions()).toHaveLength(2)
  })
})
