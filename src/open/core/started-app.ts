import { artisanTask, hasCacheWork, isCacheWork } from "./artisan.ts"
import { type AppKind, isShell, kindOf, programName, tellingNames, unnamed } from "./program-kind.ts"
import { type ScriptReader, shebangWords, shellScript } from "./script-start.ts"
import { scriptCommands, simpleCommand } from "./shell-text.ts"
import type { UserChange } from "./user-change.ts"
import { splitAssignments, unwrap, type VariableChanges, type Wrapped, wrapperNames } from "./wrapper.ts"

/** What a command comes to, as far as its words and its scripts tell. */
export interface StartedApp {
  /** Of the program, such as `php-fpm`, without a folder or a version. */
  readonly name: string
  readonly kind: AppKind
  /** Program and arguments, without what starts it. */
  readonly words: readonly string[]
  /** False where a script starts it, which may do more before: change an owner, or remove a cache. */
  readonly isDirect: boolean
  /** As whom it is started, in the order in which that changes; empty where that is who started `open`. */
  readonly userChanges: readonly UserChange[]
  /** Who takes the variables of this process away on the way to it; `null` when nobody does. */
  readonly clearing: Clearing | null
  /** What is done to the variables of this process, or to none where they are cleared, before it starts. */
  readonly changes: VariableChanges
  /** Whether Laravel's cached configuration is made or removed before the app runs. */
  readonly rebuildsCache: boolean
}

/** A program that starts another one without the variables of this process. */
export interface Clearing {
  readonly by: string
  /** Whether no configuration of it could keep them. */
  readonly isCertain: boolean
}

/** The most programs on the way to one app. */
const maxSteps = 12

/** The most programs that are looked at in all, whatever scripts start each other. */
const maxLooks = 200

/** What stands on the way from the command to the app. */
interface Passage extends Omit<StartedApp, "name" | "kind" | "words"> {
  readonly steps: number
}

/** @param words the command and its arguments, as they stand after `--`. */
export function startedApp(words: readonly string[], scriptOf: ScriptReader): StartedApp {
  return new Search(scriptOf).follow(words, {
    isDirect: true,
    userChanges: [],
    clearing: null,
    changes: {},
    rebuildsCache: false,
    steps: 0,
  })
}

class Search {
  readonly #scriptOf: ScriptReader
  #looks = 0

  constructor(scriptOf: ScriptReader) {
    this.#scriptOf = scriptOf
  }

  follow(words: readonly string[], before: Passage): StartedApp {
    const [command = "", ...args] = words
    const name = programName(command)
    const passage = { ...before, steps: before.steps + 1 }
    this.#looks += 1
    if (passage.steps > maxSteps || this.#looks > maxLooks) return appOf(words, passage)
    const wrapped = unwrap(name, args)
    if (wrapped !== null && (wrapped.words.length > 0 || wrapped.script !== null)) {
      const { words: next, script } = wrapped
      const beyond = through(name, wrapped, passage)
      return script === null
        ? this.follow(next, beyond)
        : this.#followText(name, script, next.slice(1), beyond)
    }
    // What a known name does is known, also where it is a script, as apache2-foreground is.
    if (kindOf(name) !== null || artisanTask(words) !== null) return appOf(words, passage)
    return this.#followScript(name, words, passage)
  }

  #followScript(name: string, words: readonly string[], passage: Passage): StartedApp {
    const [command = "", ...args] = words
    if (isShell(name)) {
      const given = shellScript(args, this.#scriptOf)
      return given === null ? appOf(words, passage) : this.#followText(name, given.text, given.args, passage)
    }
    const script = this.#scriptOf(command)
    const interpreter = script === null ? null : shebangWords(script.text)
    if (script === null || interpreter === null) return appOf(words, passage)
    if (isShell(programName(interpreter[0] ?? ""))) return this.#followText(name, script.text, args, passage)
    return this.follow([...interpreter, script.path, ...args], passage)
  }

  /** @param args what `"$@"` stands for. */
  #followText(name: string, text: string, args: readonly string[], before: Passage): StartedApp {
    const single = splitAssignments(simpleCommand(text, args) ?? [])
    if (single.words.length > 0) {
      return this.follow(single.words, { ...before, changes: { ...before.changes, ...single.changes } })
    }
    const rebuildsCache = before.rebuildsCache || hasCacheWork(text)
    const passage = { ...before, isDirect: false, rebuildsCache }
    const told = scriptCommands(text, [...tellingNames(), ...wrapperNames()], args)
    // What else it starts counts where something is known of that.
    const known = (commands: readonly (readonly string[])[]) =>
      commands
        .map((words) => this.follow(words, passage))
        .filter(({ kind, userChanges }) => kind !== "unknown" || userChanges.length > 0)
    const sure = known(told.commands)
    const started = sure.length > 0 ? sure : known(told.guesses)
    const passed = told.passesArguments && args.length > 0 ? [this.follow(args, passage)] : []
    const apps = [...started, ...passed]
    const changesUser = ({ kind, userChanges }: StartedApp) => kind === "server" || userChanges.length > 0
    const risky = apps.find(changesUser) ?? apps.find(mayChangeUser) ?? apps[0]
    return risky ?? { ...appOf([name], passage), name, kind: "plain" }
  }
}

/** What stands on the way behind a program that starts another one. */
function through(name: string, { change, clears, changes }: Wrapped, before: Passage): Passage {
  const isClearing = clears !== "no" && before.clearing?.isCertain !== true
  return {
    ...before,
    userChanges: change === null ? before.userChanges : [...before.userChanges, change],
    clearing: isClearing ? { by: name, isCertain: clears === "certain" } : before.clearing,
    changes: { ...(clears === "no" ? before.changes : {}), ...changes },
  }
}

function mayChangeUser({ kind }: StartedApp): boolean {
  return kind === "supervisor" || kind === "cron" || kind === "unknown"
}

function appOf(words: readonly string[], { steps: _, ...passage }: Passage): StartedApp {
  const [command = "", ...args] = words
  const name = programName(command)
  const task = artisanTask(words)
  const isBareShell = isShell(name) && args.every((arg) => /^[-+]/.test(arg))
  const kind = task !== null ? "artisan" : (kindOf(name) ?? (isBareShell ? "plain" : "unknown"))
  return {
    ...passage,
    name: kind === "artisan" ? "php artisan" : kind === "unknown" && !passage.isDirect ? unnamed : name,
    kind,
    words,
    rebuildsCache: passage.rebuildsCache || (task !== null && isCacheWork(task)),
  }
}
