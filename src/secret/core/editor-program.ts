/** An editor that a variable names, as it is to be started. */
export interface EditorProgram {
  /** Its first word, for messages. */
  readonly name: string
  /** The words to start it with; `null` for what only a shell understands. */
  readonly words: readonly string[] | null
  /** As it stands in the variable. */
  readonly text: string
}

/** What an editor is asked for, by what it understands. */
export type EditorKind = "vim" | "nvi" | "busybox" | "nano" | "emacs" | "emacsclient" | "code" | "other"

/** `VISUAL`, else `EDITOR`, else vi: as other programs do it. */
export function editorProgram(variables: Readonly<Record<string, string | undefined>>): EditorProgram {
  const given = [variables["VISUAL"], variables["EDITOR"]].map((one) => one?.trim())
  const text = given.find((one) => one !== undefined && one !== "") ?? "vi"
  const isPlain = /^[\w./+:@%,=\- ]+$/.test(text) && !/^\w+=/.test(text)
  const words = text.split(/\s+/)
  const [, name = text] = /^(?:\w+=(?:'[^']*'|"[^"]*"|[^\s'"])*\s+)*(\S+)/.exec(text) ?? []
  return { name, words: isPlain ? words : null, text }
}

const kinds: readonly (readonly [RegExp, EditorKind])[] = [
  [/^busybox$/, "busybox"],
  [/^nvi$/, "nvi"],
  [/^(?:vi|r?view|[gmr]?vim|nvim|[gmr]view)(?:\.\w+)?$/, "vim"],
  [/^r?nano$/, "nano"],
  [/^emacsclient/, "emacsclient"],
  [/^emacs(?:-|$)/, "emacs"],
  [/^(?:code|code-insiders|codium|code-oss|cursor|windsurf)$/, "code"],
]

/**
 * @param names of its file, the one that links lead to first: what is called vi may be another program.
 */
export function editorKind(names: readonly string[]): EditorKind {
  const found = names.map((name) => kinds.find(([pattern]) => pattern.test(name))?.[1])
  return found.find((kind) => kind !== undefined) ?? "other"
}

/** Whether it stays in the terminal, so that it is closed when it comes back. */
export function staysInTerminal(kind: EditorKind, name: string): boolean {
  return kind !== "other" && kind !== "code" && kind !== "emacsclient" && !isWindow(name)
}

/**
 * The arguments after its own words: what keeps its traces off the disk (swap, undo and backup files, history), what
 * makes it wait, and where to begin.
 *
 * @param line from 1; `null` for wherever it does.
 */
export function editorArguments(
  {
    kind,
    name,
    words,
  }: { readonly kind: EditorKind; readonly name: string; readonly words: readonly string[] },
  path: string,
  line: number | null,
): readonly string[] {
  const plus = line === null ? [] : [`+${line}`]
  switch (kind) {
    case "vim": {
      const traces = ["-n", "-i", "NONE", "-c", "set noundofile nobackup nowritebackup"]
      return [...(isWindow(name) ? ["-f"] : []), ...traces, ...plus, path]
    }
    case "nvi":
    case "busybox":
      return [...(line === null ? [] : ["-c", String(line)]), path]
    case "nano":
      return ["--ignorercfiles", ...plus, path]
    case "emacs": {
      const traces = "(setq make-backup-files nil auto-save-default nil create-lockfiles nil)"
      return ["--eval", traces, ...plus, path]
    }
    case "emacsclient":
      return [...plus, path]
    case "code": {
      const waits = words.some((word) => word === "--wait" || word === "-w")
      return [...(waits ? [] : ["--wait"]), ...(line === null ? [path] : ["--goto", `${path}:${line}`])]
    }
    case "other":
      return [path]
  }
}

/**
 * Variables that keep its temporary files in the folder of the text. Those that talk to a process that runs already
 * would look for its socket there.
 */
export function editorVariables(kind: EditorKind, folder: string): Readonly<Record<string, string>> {
  if (kind === "emacsclient" || kind === "code" || kind === "other") return {}
  const temporary = { TMPDIR: folder, TMP: folder, TEMP: folder }
  return kind === "nvi" ? { ...temporary, NEXINIT: `set directory=${folder} recdir=${folder}` } : temporary
}

/** What it keeps on a disk all the same, in words for a warning; `null` when nothing is known. */
export function traceLeft(kind: EditorKind): string | null {
  return kind === "code"
    ? "keeps a history of files on the disk: turn off workbench.localHistory.enabled, or edit in a terminal"
    : null
}

function isWindow(name: string): boolean {
  return /^[gm](?:vim|view)/.test(name)
}
