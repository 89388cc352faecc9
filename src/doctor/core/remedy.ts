import { shellWord } from "../../core/shell.ts"

/** What makes a fault go away. One line, to be applied as it is printed. */
export type Remedy =
  /** A command line for a POSIX shell. */
  | { readonly type: "command"; readonly text: string }
  /** A place of a file, and what shall stand there. */
  | {
      readonly type: "edit"
      /** Such as `envseal.yaml:12:7`. Of the setting, or of what it belongs into when it is not there yet. */
      readonly place: string
      /** Its path, such as `build.project`. */
      readonly setting: string
      /** JSON, which is YAML too. */
      readonly value: string
    }
  /** What only a person can decide or do. */
  | { readonly type: "advice"; readonly text: string }

/** As it is printed: `run: …`, `set … to … at …`, or the advice. */
export function remedyText(remedy: Remedy): string {
  switch (remedy.type) {
    case "command":
      return `run: ${remedy.text}`
    case "edit":
      return `set ${remedy.setting} to ${remedy.value} at ${remedy.place}`
    case "advice":
      return remedy.text
  }
}

export function advice(text: string): Remedy {
  return { type: "advice", text }
}

/** @param words the command and its arguments, each as the program shall get it. */
export function command(...words: readonly string[]): Remedy {
  return { type: "command", text: words.map(shellWord).join(" ") }
}

/** @param line a command line as it stands. Words in it that come from outside went through {@link shellWord}. */
export function commandLine(line: string): Remedy {
  return { type: "command", text: line }
}

export function edit(place: string, setting: string, value: unknown): Remedy {
  return { type: "edit", place, setting, value: JSON.stringify(value) }
}
