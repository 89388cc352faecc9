import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { Terminal } from "../terminal.ts"
import type { SecretStage } from "./stage.ts"

/** An edit that runs, with a shell script for an editor. */
export interface RunningEdit {
  readonly terminal: Terminal
  /** The folder that the text was in last. */
  folder(): string
  /** The text that the editor was given, the first time, the second… */
  seen(time: number): string
  /** Its arguments without the file. */
  given(time: number): readonly string[]
}

export interface EditOptions {
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** What the editor is called. */
  readonly name?: string
  /** What stands in VISUAL; the path of the editor when left out. */
  readonly visual?: string
  /** A command that the whole is run by. */
  readonly by?: readonly string[]
}

/**
 * `envseal secret edit production` on a terminal.
 *
 * @param script of an editor: it has the file in `$file`, and in `$time` how often it was called.
 */
export function startEdit(stage: SecretStage, script: string, options: EditOptions = {}): RunningEdit {
  const { box } = stage
  const { args = [], env = {}, name = "editor", visual, by = [] } = options
  const before = [
    'for file; do :; done; box="${0%/*}"',
    'time=$(($(cat "$box/time" 2>/dev/null || echo 0) + 1)); echo "$time" > "$box/time"',
    'cp -r "$file" "$box/seen-$time"; printf "%s\\n" "$@" > "$box/given-$time"; echo "${file%/*}" > "$box/where"',
  ]
  rmSync(box.path("time"), { force: true })
  rmSync(box.path("where"), { force: true })
  writeFileSync(box.path(name), `#!/bin/sh\n${before.join("\n")}\n${script}\n`, { mode: 0o755 })
  const command = [...by, ...box.command(["secret", "edit", "production", ...args])]
  const variables = {
    PATH: process.env["PATH"] ?? "",
    ...stage.env(),
    VISUAL: visual ?? box.path(name),
    ...env,
  }
  return {
    terminal: new Terminal(command, { cwd: box.folder, env: variables }),
    folder: () => (existsSync(box.path("where")) ? readFileSync(box.path("where"), "utf8").trim() : ""),
    seen: (time) => readFileSync(box.path(`seen-${time}`), "utf8"),
    given: (time) =>
      readFileSync(box.path(`given-${time}`), "utf8")
        .trimEnd()
        .split("\n")
        .slice(0, -1),
  }
}
