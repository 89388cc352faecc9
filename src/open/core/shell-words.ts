/** A word of a shell's text, with the quotes taken off. */
export interface ShellWord {
  readonly text: string
  /** Whether a shell makes nothing else of it. */
  readonly isPlain: boolean
}

/** A text as a shell takes it apart, as far as that can be told without running it. */
export interface ShellText {
  /** None of them is empty. */
  readonly commands: readonly (readonly ShellWord[])[]
  /** Whether commands are separated by the ends of lines and `;` alone, and every quote has an end. */
  readonly isPlain: boolean
}

/** Takes linear time, whatever the text. */
export function readShell(text: string): ShellText {
  return new ShellReader(text).read()
}

/** What a shell acts on outside of quotes. */
const acting = /[<>$*?[\]{}~!]/

class ShellReader {
  readonly #text: string
  #at = 0
  readonly #commands: ShellWord[][] = []
  #command: ShellWord[] = []
  #word: string | null = null
  #isPlainWord = true
  #isPlain = true
  #depth = 0
  /** How many commands there were where this line or list began. */
  #begun = 0
  /** The ends of the texts that begin on the next line: `<<END`. */
  #heredocs: string[] = []
  /** Quotes that no more are closed. */
  readonly #open = new Set<string>()

  constructor(text: string) {
    this.#text = text
  }

  read(): ShellText {
    while (this.#at < this.#text.length) this.#step(this.#text[this.#at] ?? "")
    this.#endCommand()
    return { commands: this.#commands, isPlain: this.#isPlain }
  }

  #step(c: string): void {
    if (c === "\\") this.#escape()
    else if (c === "'" || c === '"') this.#quote(c)
    else if (c === " " || c === "\t" || c === "\r") this.#skip(() => this.#endWord())
    else if (c === "\n") this.#skip(() => this.#endLine())
    else if (c === ";") this.#skip(() => this.#endList())
    else if (c === "#" && this.#word === null) this.#at = this.#endOfLine(this.#at)
    else if (c === "&" && this.#isRedirection()) this.#add(c, false)
    else if (/[&|()`]/.test(c)) this.#skip(() => this.#separate(c))
    else if (c === "<") this.#redirect()
    else this.#add(c, !acting.test(c))
  }

  #skip(then: () => void): void {
    this.#at += 1
    then()
  }

  #add(text: string, isPlain = true, length = text.length): void {
    this.#word = (this.#word ?? "") + text
    this.#isPlainWord &&= isPlain
    this.#at += length
  }

  #escape(): void {
    const next = this.#text[this.#at + 1]
    if (next === "\n") this.#at += 2
    else this.#add(next ?? "", true, 2)
  }

  #quote(mark: '"' | "'"): void {
    const end = this.#open.has(mark) ? -1 : this.#endOfQuote(mark)
    if (end < 0) {
      this.#open.add(mark)
      this.#isPlain = false
      this.#add(mark)
      return
    }
    const inner = this.#text.slice(this.#at + 1, end)
    const [text, isPlain] =
      mark === "'"
        ? [inner, true]
        : [inner.replace(/\\([$`"\\\n])/g, unescaped), !/[$`]/.test(inner.replace(/\\./gs, ""))]
    this.#add(text, isPlain, end + 1 - this.#at)
  }

  #endOfQuote(mark: '"' | "'"): number {
    if (mark === "'") return this.#text.indexOf(mark, this.#at + 1)
    for (let at = this.#at + 1; at < this.#text.length; at += 1) {
      if (this.#text[at] === "\\") at += 1
      else if (this.#text[at] === mark) return at
    }
    return -1
  }

  /** `2>&1` and `&>file` separate nothing. */
  #isRedirection(): boolean {
    return this.#text[this.#at + 1] === ">" || /[<>]/.test(this.#text[this.#at - 1] ?? "")
  }

  #redirect(): void {
    const pattern = /<<-?[ \t]*(["'\\]?)([\w.-]+)\1|<+/y
    pattern.lastIndex = this.#at
    const [found = "<", , end] = pattern.exec(this.#text) ?? []
    if (end !== undefined) this.#heredocs.push(end)
    this.#add(found, false)
  }

  #separate(c: string): void {
    this.#isPlain = false
    this.#endCommand()
    // What ends in a bracket that nothing opened is a pattern of `case`.
    if (c === ")" && this.#depth === 0) this.#commands.length = this.#begun
    else if (c === "(") this.#depth += 1
    else if (c === ")") this.#depth -= 1
  }

  #endWord(): void {
    if (this.#word !== null) this.#command.push({ text: this.#word, isPlain: this.#isPlainWord })
    this.#word = null
    this.#isPlainWord = true
  }

  #endCommand(): void {
    this.#endWord()
    if (this.#command.length > 0) this.#commands.push(this.#command)
    this.#command = []
  }

  #endList(): void {
    this.#endCommand()
    this.#begun = this.#commands.length
  }

  #endLine(): void {
    this.#endList()
    for (const end of this.#heredocs.splice(0)) this.#skipTo(end)
  }

  #skipTo(end: string): void {
    for (let isEnd = false; !isEnd && this.#at < this.#text.length; ) {
      const next = this.#endOfLine(this.#at)
      isEnd = this.#text.slice(this.#at, next).trim() === end
      this.#at = next + 1
    }
  }

  #endOfLine(at: number): number {
    const end = this.#text.indexOf("\n", at)
    return end < 0 ? this.#text.length : end
  }
}

function unescaped(_: string, c: string): string {
  return c === "\n" ? "" : c
}
