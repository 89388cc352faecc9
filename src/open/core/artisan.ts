import { programName } from "./program-kind.ts"

const cacheWork = /^(?:config:cache|config:clear|optimize|optimize:clear)$/
const cacheWorkInText = /\bartisan\s+(?:-\S+\s+)*(?:config:cache|config:clear|optimize)/

/** The command that artisan is given, empty for none; `null` when it is not artisan that runs. */
export function artisanTask([command = "", ...args]: readonly string[]): string | null {
  const name = programName(command)
  const words = name === "php" ? scriptWords(args) : name === "artisan" ? ["artisan", ...args] : []
  const [script, ...rest] = words
  if (script === undefined || programName(script) !== "artisan") return null
  return rest.find((word) => !word.startsWith("-")) ?? ""
}

/** Whether a command of artisan makes or removes the cached configuration. */
export function isCacheWork(task: string): boolean {
  return cacheWork.test(task)
}

/** Whether a script does that. */
export function hasCacheWork(text: string): boolean {
  return cacheWorkInText.test(text)
}

/** The path of artisan, as a command of it names it. */
export function artisanPath([command = "", ...args]: readonly string[]): string | null {
  return programName(command) === "artisan" ? command : (scriptWords(args)[0] ?? null)
}

/** What php is given after its own options: the script and its arguments. */
function scriptWords(args: readonly string[]): readonly string[] {
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] ?? ""
    if (arg === "--") return args.slice(at + 1)
    if (/^-[dczgfF]$/.test(arg)) {
      if (arg === "-f" || arg === "-F") return args.slice(at + 1)
      at += 1
    } else if (!arg.startsWith("-")) return args.slice(at)
    else if (/^-[rBRES]/.test(arg)) return []
  }
  return []
}
