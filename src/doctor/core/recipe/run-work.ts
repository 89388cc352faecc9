import { secretNamesIn } from "../../../core/secret-name.ts"
import { artisanTask } from "../../../open/core/artisan.ts"
import { isShell, programName } from "../../../open/core/program-kind.ts"
import { shellScript } from "../../../open/core/script-start.ts"
import { joinPath, type StageStep } from "./image-stage.ts"
import { baseName, isHarmlessName, isPlainName } from "./plain-file.ts"
import { type ShellCommand, shellCommands } from "./shell-command.ts"
import { isMatch, isPattern } from "./transfer.ts"

/** A file that a command of the build writes. */
export interface MadeFile {
  readonly path: string
  /** `secret` holds values for certain; of `unclear` nobody knows before the build. */
  readonly holds: "secret" | "nothing" | "unclear"
  /** The command, such as `php artisan key:generate`. */
  readonly by: string
}

/** What the commands of one `RUN` do with files that matter. */
export interface RunWork {
  readonly files: readonly MadeFile[]
  /** Paths and patterns that are removed. */
  readonly removed: readonly string[]
  /** What is left of Laravel's cached configuration. */
  readonly cache: "made" | "removed" | "as it was"
  /** Texts that are written, by path: a script, most often. */
  readonly texts: ReadonlyMap<string, string>
  /** What is copied, moved or linked inside of the image. */
  readonly moves: readonly { readonly from: string; readonly to: string }[]
}

const nothingDone: RunWork = { files: [], removed: [], cache: "as it was", texts: new Map(), moves: [] }

/** Programs whose output is values: of the environment, of a store, or of ciphertext. */
const revealing = new Set(
  "age ansible-vault aws base64 chamber curl doppler dotenvx env export gcloud gpg gsutil op openssl printenv sops vault wget".split(
    " ",
  ),
)

export function runWork({ instruction, workdir, shell }: StageStep): RunWork {
  const { rest, json, heredocs } = instruction
  const [only] = heredocs
  const isScript = only !== undefined && /^\d*<<-?\S+$/.test(rest)
  const script = json === null ? (isScript ? only.text : rest) : (json[json.indexOf("-c") + 1] ?? "")
  if (json !== null && !json.includes("-c")) return work([{ words: json, targets: [], texts: [] }], workdir)
  if (/powershell|cmd/i.test(shell[0] ?? "")) return nothingDone
  const commands = shellCommands(script, isScript ? [] : heredocs.map(({ text }) => text))
  return work(commands.flatMap(innerCommands), workdir)
}

/** Those of a text that another shell is given. */
function innerCommands(command: ShellCommand): readonly ShellCommand[] {
  const [shell = "", ...args] = command.words
  const given = isShell(programName(shell)) ? shellScript(args, () => null) : null
  return given === null ? [command] : [...shellCommands(given.text), command]
}

function work(commands: readonly ShellCommand[], workdir: string): RunWork {
  let files: MadeFile[] = []
  const removed: string[] = []
  const texts = new Map<string, string>()
  const moves: { from: string; to: string }[] = []
  let folder = workdir
  let cache: RunWork["cache"] = "as it was"
  for (const [at, command] of commands.entries()) {
    const { words, targets } = command
    const program = programName(words[0] ?? "")
    if (program === "cd") folder = joinPath(folder, words[1] ?? "/")
    files.push(...written(command, commands.slice(0, at), folder))
    const [text] = command.texts
    if (text !== undefined) for (const target of targets) texts.set(joinPath(folder, target), text)
    if (program === "rm") {
      const gone = operands(words).map((one) => joinPath(folder, one))
      removed.push(...gone)
      // What one RUN writes and removes is in no layer.
      files = files.filter(({ path }) => !gone.some((one) => isBelow(path, one)))
    }
    if (["cp", "mv", "ln"].includes(program)) {
      const [from = "", to = ""] = operands(words)
      moves.push({ from: joinPath(folder, from), to: joinPath(folder, to) })
    }
    const task = artisanTask(words)
    if (task === "config:cache" || task === "optimize") cache = "made"
    if (task === "config:clear" || task === "optimize:clear") cache = "removed"
    if (
      program === "rm" &&
      words.some((word) => /bootstrap\/cache(?:\/?\*?|\/(?:config|\*)\.php)$/.test(word))
    ) {
      cache = "removed"
    }
  }
  return { files, removed, cache, texts, moves }
}

function written(
  command: ShellCommand,
  before: readonly ShellCommand[],
  folder: string,
): readonly MadeFile[] {
  const { words, targets } = command
  const program = programName(words[0] ?? "")
  const at = (path: string) => joinPath(folder, path)
  const piped = program === "tee" ? operands(words) : []
  const redirected = [...targets, ...piped].filter(isPlainName).map((path): MadeFile => {
    return {
      path: at(path),
      holds: contentOf(command, before),
      by: words.slice(0, 1).join("") || "a command",
    }
  })
  return [...redirected, ...copied(program, words, at), ...made(program, words, at)]
}

/** `cp`, `mv` and the like. */
function copied(
  program: string,
  words: readonly string[],
  at: (path: string) => string,
): readonly MadeFile[] {
  const isLink = program === "ln" && !words.some((word) => /^-\w*s|^--symbolic/.test(word))
  if (!isLink && !["cp", "mv", "install", "rsync"].includes(program)) return []
  const all = operands(words)
  const target = all.at(-1) ?? ""
  return all.slice(0, -1).flatMap((source): readonly MadeFile[] => {
    if (!isPlainName(target) && !isPlainName(source)) return []
    const path = isPlainName(target) ? target : `${target}/${baseName(source)}`
    const isSure = isPlainName(source) || source.startsWith("/run/secrets/")
    const holds = isSure ? "secret" : isHarmlessName(source) || source === "/dev/null" ? "nothing" : "unclear"
    return [{ path: at(path), holds, by: `${program} ${source}` }]
  })
}

function made(program: string, words: readonly string[], at: (path: string) => string): readonly MadeFile[] {
  const secret = (path: string, by: string): readonly MadeFile[] => [{ path: at(path), holds: "secret", by }]
  const task = artisanTask(words)
  if (task === "key:generate" && !words.includes("--show")) return secret(".env", "php artisan key:generate")
  if (task === "env:decrypt") return secret(".env", "php artisan env:decrypt")
  if (program === "envseal" && words[1] === "open") return secret(".env", "envseal open")
  if (program === "sed" && words.some((word) => /^-\w*i|^--in-place/.test(word))) {
    const path = words.at(-1) ?? ""
    const isSecret = words.some((word) => secretNamesIn(word.split(/[|#,/~]/).join("\n"), true).length > 0)
    return isPlainName(path) && isSecret ? secret(path, "sed") : []
  }
  if (!revealing.has(program)) return []
  const path = program === "aws" || program === "gsutil" ? loadedTo(words) : outputOf(words)
  return isPlainName(path) ? secret(path, program) : []
}

/** `curl -o FILE`, `openssl -out FILE`, `sops --output FILE`; empty where none is said. */
function outputOf(words: readonly string[]): string {
  const option = /(?:^|\s)(?:--output-document|--output|--out|-out|-\w*[oO])[= ]?(\S+)/
  return option.exec(words.join(" "))?.[1] ?? ""
}

/** `aws s3 cp s3://BUCKET/KEY FILE`, with options anywhere; empty where nothing is loaded. */
function loadedTo(words: readonly string[]): string {
  const at = words.findIndex((word) => word === "cp" || word === "mv")
  const [from = "", to = ""] = at < 0 ? [] : operands(words.slice(at))
  if (!/^(?:s3|gs):/.test(from) || /^(?:s3|gs):/.test(to)) return ""
  return /(?:^|\/)\.{0,2}$/.test(to) ? `${to}/${baseName(from)}` : to
}

/** What a command gives out that is written to a file. */
function contentOf({ words, texts }: ShellCommand, before: readonly ShellCommand[]): MadeFile["holds"] {
  const program = programName(words[0] ?? "")
  if (texts.length > 0) return secretNamesIn(texts.join("\n"), true).length > 0 ? "secret" : "nothing"
  if (program === "echo" || program === "printf") return spoken(words)
  if (program === "cat" && words.length > 1) return ofFiles(operands(words))
  if (revealing.has(program)) return "secret"
  if (program === "touch" || program === ":" || program === "true") return "nothing"
  if (!["", "}", "tee", "cat", "grep", "sort", "fi", "done"].includes(program)) return "unclear"
  const sources = before.map((one) => contentOf(one, []))
  if (sources.includes("secret")) return "secret"
  return sources.length > 0 && before.every(({ words: [first = ""] }) => /^(?:echo|printf)$/.test(first))
    ? "nothing"
    : "unclear"
}

function spoken(words: readonly string[]): MadeFile["holds"] {
  const text = words.slice(1).join("\n").replaceAll("\\n", "\n")
  if (secretNamesIn(text, true).length > 0) return "secret"
  // A whole file that the build is given as an argument.
  return words.slice(1).some((word) => /^\$\{?\w+\}?$/.test(word)) ? "secret" : "nothing"
}

function ofFiles(paths: readonly string[]): MadeFile["holds"] {
  if (paths.some((path) => isPlainName(path) || path.startsWith("/run/secrets/"))) return "secret"
  return paths.every(isHarmlessName) ? "nothing" : "unclear"
}

/** Whether a path is that which is removed, or in it. @param removed a path or a pattern. */
export function isBelow(path: string, removed: string): boolean {
  return path === removed || path.startsWith(`${removed}/`) || (isPattern(removed) && isMatch(removed, path))
}

function operands(words: readonly string[]): readonly string[] {
  return words.slice(1).filter((word) => !word.startsWith("-"))
}
