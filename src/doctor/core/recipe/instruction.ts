/** A text that stands in the Dockerfile itself: `<<EOF`. */
export interface Heredoc {
  readonly name: string
  readonly text: string
  /** Whether variables in it are replaced: not when the name is quoted. */
  readonly expands: boolean
}

/** One instruction of a Dockerfile. */
export interface Instruction {
  /** In capitals, such as `COPY`. */
  readonly name: string
  /** Such as `--from=app`, as written. */
  readonly flags: readonly string[]
  /** What follows the flags, with lines that go on put together. */
  readonly rest: string
  /** The words of the JSON form; `null` for any other form. */
  readonly json: readonly string[] | null
  readonly heredocs: readonly Heredoc[]
  /** Where it begins and ends, from one. */
  readonly line: number
  readonly lastLine: number
}

const withHeredocs = new Set(["ADD", "COPY", "RUN", "ONBUILD"])
const withFlags = new Set(["ADD", "COPY", "FROM", "HEALTHCHECK", "RUN"])
const heredocWord = /(?:^|\s)\d*<<(-?)(["']?)([^<\s"']+)\2(?=\s|$)/g

/** The instructions of a Dockerfile, by the rules of BuildKit (Dockerfile reference, "Format" and "Here-documents"). */
export function instructionsIn(text: string): readonly Instruction[] {
  return new DockerfileReader(text).read()
}

/** An instruction in another one, as that of ONBUILD. */
export function innerInstruction({ rest, heredocs, line, lastLine }: Instruction): Instruction | null {
  const begun = begin(rest)
  return begun === null ? null : { ...begun, heredocs, line, lastLine }
}

class DockerfileReader {
  readonly #lines: readonly string[]
  #at = 0
  #goesOn: RegExp = continued("\\")

  constructor(text: string) {
    this.#lines = text.replace(/^\u{feff}/u, "").split(/\r?\n/)
  }

  read(): readonly Instruction[] {
    this.#readDirectives()
    const found: Instruction[] = []
    while (this.#at < this.#lines.length) {
      const line = this.#at + 1
      const body = this.#readBody()
      const begun = begin(body)
      if (begun === null) continue
      const heredocs = withHeredocs.has(begun.name) ? this.#readHeredocs(begun.rest) : []
      found.push({ ...begun, heredocs, line, lastLine: this.#at })
    }
    return found
  }

  /** Comments at the top that say how the rest is read. */
  #readDirectives(): void {
    for (const line of this.#lines) {
      const [, name = "", value = ""] = /^\s*#\s*(\w+)\s*=\s*(\S+)\s*$/.exec(line) ?? []
      if (!/^(?:syntax|escape|check)$/i.test(name)) return
      if (name.toLowerCase() === "escape" && /^[\\`]$/.test(value)) this.#goesOn = continued(value)
    }
  }

  /** One line, and those that it goes on with. Comments and empty lines between them do not end it. */
  #readBody(): string {
    let body = ""
    for (let isOpen = true; isOpen && this.#at < this.#lines.length; this.#at += 1) {
      const line = this.#lines[this.#at] ?? ""
      if (/^\s*(?:#|$)/.test(line)) {
        if (body === "") isOpen = false
        continue
      }
      isOpen = this.#goesOn.test(line)
      body += isOpen ? `${line.replace(this.#goesOn, "$1")} ` : line
    }
    return body
  }

  #readHeredocs(rest: string): readonly Heredoc[] {
    return [...rest.matchAll(heredocWord)].map(([, tabs = "", quote = "", name = ""]) => {
      const lines: string[] = []
      for (; this.#at < this.#lines.length; this.#at += 1) {
        const line = this.#lines[this.#at] ?? ""
        const shown = tabs === "" ? line : line.replace(/^\t+/, "")
        if (shown === name) break
        lines.push(shown)
      }
      this.#at += 1
      return { name, text: lines.map((line) => `${line}\n`).join(""), expands: quote === "" }
    })
  }
}

function continued(escaping: string): RegExp {
  const sign = escaping === "\\" ? "\\\\" : escaping
  return new RegExp(`(^|[^${sign}])${sign}[ \\t]*$`)
}

function begin(body: string): Omit<Instruction, "heredocs" | "line" | "lastLine"> | null {
  const [, word = "", after = ""] = /^\s*(\w+)(?:\s+([\s\S]*?))?\s*$/.exec(body) ?? []
  if (word === "") return null
  const name = word.toUpperCase()
  const [flagText = ""] = withFlags.has(name) ? (/^(?:--[\w-]+(?:=\S*)?(?:\s+|$))*/.exec(after) ?? []) : []
  const rest = after.slice(flagText.length)
  const flags = flagText.split(/\s+/).filter((flag) => flag !== "")
  return { name, flags, rest, json: jsonWords(rest) }
}

function jsonWords(rest: string): readonly string[] | null {
  if (!rest.startsWith("[")) return null
  try {
    const words: unknown = JSON.parse(rest)
    return Array.isArray(words) && words.every((word) => typeof word === "string") ? words : null
  } catch {
    return null
  }
}

/** The value of a flag; `null` where it is not given. */
export function flagValue({ flags }: Pick<Instruction, "flags">, name: string): string | null {
  const flag = flags.find((one) => one.startsWith(`--${name}=`))
  return flag === undefined ? null : flag.slice(name.length + 3)
}
