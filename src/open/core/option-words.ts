/** An option that a program is given, by the first of its names: `-u` for `--user` too. */
export interface Option {
  readonly name: string
  /** Empty where it takes none. */
  readonly value: string
}

/** What a program is given: its options, and the words after them. */
export interface OptionWords {
  readonly options: readonly Option[]
  readonly words: readonly string[]
}

/**
 * Takes options and words apart as `getopt_long` does, joined ones too: `-Eu app`, `-Euapp`, `--user=app`.
 *
 * @param valued the options that take a value, all names of one joined by a comma: `-u,--user -g,--group`.
 * @param goesOn whether more options may follow the first word; asked at each word.
 */
export function optionWords(
  valued: string,
  args: readonly string[],
  goesOn: (options: readonly Option[]) => boolean = () => false,
): OptionWords {
  const names = namesOf(valued)
  const options: Option[] = []
  const words: string[] = []
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] ?? ""
    if (word === "--") return { options, words: [...words, ...args.slice(at + 1)] }
    if (!word.startsWith("-")) {
      if (!goesOn(options)) return { options, words: [...words, ...args.slice(at)] }
      words.push(word)
      continue
    }
    const found = word.startsWith("--") ? longOption(word, names) : shortOptions(word, names)
    const last = found.at(-1)
    if (last?.value === null) at += 1
    options.push(...found.map(({ name, value }) => ({ name, value: value ?? args[at] ?? "" })))
  }
  return { options, words }
}

/** @returns the value of the last one of that name, which is the one that counts; `null` when there is none. */
export function optionValue({ options }: OptionWords, name: string): string | null {
  return options.findLast((option) => option.name === name)?.value ?? null
}

export function hasOption({ options }: OptionWords, ...names: readonly string[]): boolean {
  return options.some(({ name }) => names.includes(name))
}

/** A value of `null` is the next word. */
interface Found {
  readonly name: string
  readonly value: string | null
}

function namesOf(valued: string): ReadonlyMap<string, string> {
  const options = valued.split(" ").map((names) => names.split(","))
  return new Map(options.flatMap(([first = "", ...others]) => [first, ...others].map((one) => [one, first])))
}

function longOption(word: string, names: ReadonlyMap<string, string>): Found[] {
  const at = word.indexOf("=")
  const name = at < 0 ? word : word.slice(0, at)
  const first = names.get(name)
  if (at >= 0) return [{ name: first ?? name, value: word.slice(at + 1) }]
  return [first === undefined ? { name, value: "" } : { name: first, value: null }]
}

function shortOptions(word: string, names: ReadonlyMap<string, string>): Found[] {
  if (word === "-") return [{ name: word, value: "" }]
  const found: Found[] = []
  const letters = [...word].slice(1)
  for (const [at, letter] of letters.entries()) {
    const first = names.get(`-${letter}`)
    if (first !== undefined) {
      const rest = letters.slice(at + 1).join("")
      return [...found, { name: first, value: rest === "" ? null : rest }]
    }
    found.push({ name: `-${letter}`, value: "" })
  }
  return found
}
