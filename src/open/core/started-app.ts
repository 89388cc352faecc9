import { shellCommands, simpleCommand } from "./shell-text.ts"
import { splitAssignments, unwrap, userChangers, type VariableChanges } from "./wrapper.ts"

/**
 * What a program does with its user, and what it reads:
 *
 * - `server`: gives the app another user than root, by its own configuration (php-fpm, Apache)
 * - `supervisor`: starts others, as whom its configuration says
 * - `cron`: the same, and gives them no variables
 * - `artisan`, `php`: Laravel's command line, and PHP's; they stay who they are
 * - `plain`: known to stay who it is
 * - `unknown`: anything else
 */
export type AppKind = "server" | "supervisor" | "cron" | "artisan" | "php" | "plain" | "unknown"

/** What a command comes to, as far as its words and its scripts tell. */
export interface StartedApp {
  /** Of the program, such as `php-fpm`, without a folder or a version. */
  readonly name: string
  readonly kind: AppKind
  /** Program and arguments, without what starts it. */
  readonly words: readonly string[]
  /** False where a script starts it, which may do more before: change an owner, or remove a cache. */
  readonly isDirect: boolean
  /** Who it is started as, by name or number; `null` where that is who started `open`. */
  readonly user: string | null
  /** The program on the way that starts it without the variables of this process; `null` when none does. */
  readonly clearedBy: string | null
  /** What is done to the variables of this process, or to none where they are cleared, before it starts. */
  readonly changes: VariableChanges
  /** Whether Laravel's cached configuration is made or removed before the app runs. */
  readonly rebuildsCache: boolean
}

/** @returns the text of the file that a command names, where that is a script of a shell; else `null`. */
export type ScriptReader = (command: string) => string | null

const servers =
  "php-fpm apache2 apache2-foreground apache2ctl apachectl httpd httpd-foreground nginx unitd lighttpd"
const supervisors = "supervisord s6-svscan s6-overlay-suexec init runsvdir runit circusd monit systemd"
const crons = "cron crond"
const stayers =
  "true false cat echo env ls printenv printf sleep stat tail test id pwd whoami composer frankenphp node npm npx python python3 ruby"
const shells = "sh bash dash ash ksh zsh"

const kinds: ReadonlyMap<string, AppKind> = new Map([
  ...servers.split(" ").map((name): [string, AppKind] => [name, "server"]),
  ...supervisors.split(" ").map((name): [string, AppKind] => [name, "supervisor"]),
  ...crons.split(" ").map((name): [string, AppKind] => [name, "cron"]),
  ...stayers.split(" ").map((name): [string, AppKind] => [name, "plain"]),
])

/** What a script is looked through for. `init` is too common a word. */
const telling = [...kinds.keys()].filter((name) => kinds.get(name) !== "plain" && name !== "init")

const cacheWork = /^(?:config:cache|config:clear|optimize|optimize:clear)$/
const cacheWorkInText = /\bartisan\s+(?:-\S+\s+)*(?:config:cache|config:clear|optimize)/

const maxSteps = 12

/** In place of a word that is not sure to be the name of a program: what a script is looked through for is a guess. */
const unnamed = "the command"

/** What stands on the way from the command to the app. */
interface Passage {
  readonly isDirect: boolean
  readonly user: string | null
  readonly clearedBy: string | null
  readonly changes: VariableChanges
  readonly rebuildsCache: boolean
  readonly steps: number
}

/** @param words the command and its arguments, as they stand after `--`. */
export function startedApp(words: readonly string[], scriptOf: ScriptReader): StartedApp {
  const start = {
    isDirect: true,
    user: null,
    clearedBy: null,
    changes: {},
    rebuildsCache: false,
    steps: 0,
  }
  return follow(words, start, scriptOf)
}

function follow(words: readonly string[], before: Passage, scriptOf: ScriptReader): StartedApp {
  const [command = "", ...args] = words
  const name = programName(command)
  const passage = { ...before, steps: before.steps + 1 }
  if (passage.steps > maxSteps) return appOf(name, words, passage)
  const wrapped = unwrap(name, args)
  if (wrapped !== null && (wrapped.words.length > 0 || wrapped.script !== null)) {
    const { user, clears, script } = wrapped
    const next = {
      ...passage,
      user: user ?? passage.user,
      clearedBy: clears ? name : passage.clearedBy,
      changes: { ...(clears ? {} : passage.changes), ...wrapped.changes },
    }
    return script === null
      ? follow(wrapped.words, next, scriptOf)
      : followText(name, script, [], next, scriptOf)
  }
  const text = scriptText(name, command, args, scriptOf)
  return text === null
    ? appOf(name, words, passage)
    : followText(name, text.text, text.args, passage, scriptOf)
}

/** A script of a shell, and what its `$@` stands for. */
function scriptText(
  name: string,
  command: string,
  args: readonly string[],
  scriptOf: ScriptReader,
): { readonly text: string; readonly args: readonly string[] } | null {
  // What a known name does is known, also where it is a script, as apache2-foreground is.
  if (kinds.has(name) || artisanTask(name, args) !== null) return null
  if (!shells.split(" ").includes(name)) {
    const text = scriptOf(command)
    return text === null ? null : { text, args }
  }
  const at = args.findIndex((arg) => !/^[-+]/.test(arg))
  const [first = "", ...rest] = at < 0 ? [] : args.slice(at)
  const isText = args.slice(0, Math.max(at, 0)).some((arg) => /^-\w*c\w*$/.test(arg))
  // What follows the text of -c is first $0, then $1.
  if (isText) return { text: first, args: rest.slice(1) }
  const text = first === "" ? null : scriptOf(first)
  return text === null ? null : { text, args: rest }
}

function followText(
  name: string,
  text: string,
  args: readonly string[],
  before: Passage,
  scriptOf: ScriptReader,
): StartedApp {
  const single = splitAssignments(simpleCommand(text, args) ?? [])
  if (single.words.length > 0) {
    return follow(single.words, { ...before, changes: { ...before.changes, ...single.changes } }, scriptOf)
  }
  const passage = {
    ...before,
    isDirect: false,
    rebuildsCache: before.rebuildsCache || cacheWorkInText.test(text),
  }
  const found = shellCommands(text, [...telling, ...userChangers])
  const passed = /\$(?:@|\{@|\*)/.test(text) && args.length > 0 ? [args] : []
  const apps = [...passed, ...found].map((words) => follow(words, passage, scriptOf))
  const risky = apps.find(({ kind, user }) => kind === "server" || user !== null) ?? apps.find(mayChangeUser)
  return risky ?? apps[0] ?? { ...appOf(name, [name], passage), name, kind: "plain" }
}

function mayChangeUser({ kind }: StartedApp): boolean {
  return kind === "supervisor" || kind === "cron" || kind === "unknown"
}

function appOf(name: string, words: readonly string[], passage: Passage): StartedApp {
  const { isDirect, user, clearedBy, changes } = passage
  const task = artisanTask(name, words.slice(1))
  const kind = task !== null ? "artisan" : name === "php" ? "php" : (kinds.get(name) ?? "unknown")
  const rebuildsCache = passage.rebuildsCache || (task !== null && cacheWork.test(task))
  return {
    name: kind === "artisan" ? "php artisan" : kind === "unknown" && !isDirect ? unnamed : name,
    kind,
    words,
    isDirect,
    user,
    clearedBy,
    changes,
    rebuildsCache,
  }
}

/** The command that artisan is given, empty for none; `null` when it is not artisan that runs. */
function artisanTask(name: string, args: readonly string[]): string | null {
  const words = name === "php" ? scriptWords(args) : name === "artisan" ? ["artisan", ...args] : []
  const [script, ...rest] = words
  if (script === undefined || programName(script) !== "artisan") return null
  return rest.find((word) => !word.startsWith("-")) ?? ""
}

/** What php is given after its own options: the script and its arguments. */
function scriptWords(args: readonly string[]): readonly string[] {
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] ?? ""
    if (/^-[dczg]$/.test(arg)) at += 1
    else if (!arg.startsWith("-")) return args.slice(at)
    else if (/^-[rBRFEfS]/.test(arg)) return []
  }
  return []
}

/** The folder of the app that artisan belongs to, as the command names it; `null` where none is named. */
export function artisanPath({ kind, words }: StartedApp): string | null {
  if (kind !== "artisan") return null
  const [command = "", ...args] = words
  return programName(command) === "artisan" ? command : (scriptWords(args)[0] ?? null)
}

/** `/usr/sbin/php-fpm8.4` is `php-fpm`, `php83` is `php`. Never a word that may hold the value of a variable. */
function programName(command: string): string {
  if (command.includes("=")) return unnamed
  const name = command.slice(command.lastIndexOf("/") + 1)
  return /^(php|php-fpm)-?[\d.]+$/.exec(name)?.[1] ?? name
}
