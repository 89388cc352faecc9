import { hasOption, optionValue, optionWords } from "./option-words.ts"
import { splitWords } from "./shell-text.ts"
import { type UserChange, wholeUser } from "./user-change.ts"

/** The variables that a program sets for the one it starts, by name; `null` where it takes one away. */
export type VariableChanges = Readonly<Record<string, string | null>>

/** What a program that starts another one says of it. */
export interface Wrapped {
  /** The command that is started, its name first, or what stands after `script`; empty when none is. */
  readonly words: readonly string[]
  /** Who it runs as; `null` where that stays as it is. */
  readonly change: UserChange | null
  /** Whether it starts without the variables that it was given; `possible` where files of the program say so. */
  readonly clears: "certain" | "possible" | "no"
  readonly changes: VariableChanges
  /** Text that a shell is to run, in place of words. */
  readonly script: string | null
}

const plain = { change: null, clears: "no", changes: {}, script: null } as const

/** Programs that become what follows their options, as the same user: with the options that take a value. */
const transparent: Readonly<Record<string, string>> = {
  busybox: "",
  catatonit: "",
  chronic: "",
  command: "",
  "docker-init": "-p -e",
  "dumb-init": "-r,--rewrite",
  ionice: "-c,--class -n,--classdata -p,--pid -P,--pgid -u,--uid",
  nice: "-n,--adjustment",
  nohup: "",
  numactl:
    "-i,--interleave -w,--weighted-interleave -N,--cpunodebind -C,--physcpubind -m,--membind -p,--preferred -P,--preferred-many -S,--shm -f,--file -o,--offset -L,--length -M,--shmmode -I,--shmid -T,--touch",
  setsid: "",
  stdbuf: "-i,--input -o,--output -e,--error",
  time: "-f,--format -o,--output",
  tini: "-p -e",
  "with-contenv": "",
}

/** The same, with a word before the command: a time, a mask, a priority. */
const withWord: Readonly<Record<string, string>> = {
  chrt: "-T,--sched-runtime -P,--sched-period -D,--sched-deadline",
  taskset: "",
  timeout: "-s,--signal -k,--kill-after",
}

const unwrappers: Readonly<Record<string, (args: readonly string[]) => Wrapped>> = {
  // gosu and su-exec: a group that is named is the only one.
  gosu: ([spec = "", ...words]) => ({ ...plain, words, change: changeOf(spec) }),
  "su-exec": ([spec = "", ...words]) => ({ ...plain, words, change: changeOf(spec) }),
  // Without a user, these change nothing that is known.
  "s6-setuidgid": ([spec = "", ...words]) => ({ ...plain, words, change: changeOf(spec) }),
  setuidgid: ([user = "", ...words]) => ({ ...plain, words, change: changeOf(user, []) }),
  "s6-applyuidgid": (args) => {
    const given = optionWords("-u -g -G", args)
    const [user, group, others] = ["-u", "-g", "-G"].map((name) => optionValue(given, name))
    const change = {
      user: user ?? null,
      primary: group == null ? ("before" as const) : [group],
      others: others == null ? ("before" as const) : listOf(others),
    }
    return { ...plain, words: given.words, change }
  },
  chpst: (args) => {
    const given = optionWords("-u -U -b -e -/ -C -n -l -L -m -d -o -p -f -c -r -t", args)
    // A colon before says that all are numbers.
    const spec = optionValue(given, "-u")?.replace(/^:/, "") ?? null
    return { ...plain, words: given.words, change: spec === null ? null : changeOf(spec, []) }
  },
  "docker-php-entrypoint": (args) => {
    // The entry point of the official images: an option is one of php.
    return { ...plain, words: args[0]?.startsWith("-") ? ["php", ...args] : args }
  },
  doas: (args) => {
    const given = optionWords("-u -C -a", args)
    return {
      ...plain,
      words: given.words,
      change: wholeUser(optionValue(given, "-u") ?? "root"),
      clears: "possible",
    }
  },
  env: unwrapEnv,
  exec: (args) => {
    const given = optionWords("-a", args)
    return { ...plain, words: given.words, clears: hasOption(given, "-c") ? "certain" : "no" }
  },
  // `service nginx start` starts a program of that name.
  service: ([name, ...rest]) => ({ ...plain, words: name === undefined ? [] : [name, ...rest.slice(1)] }),
  runuser: login,
  setpriv: unwrapSetpriv,
  su: login,
  sudo: unwrapSudo,
}

/** @returns `null` for a program that is none of these. */
export function unwrap(name: string, args: readonly string[]): Wrapped | null {
  if (Object.hasOwn(transparent, name)) return { ...plain, words: wordsAfter(transparent[name], args) }
  if (Object.hasOwn(withWord, name)) return { ...plain, words: wordsAfter(withWord[name], args).slice(1) }
  return Object.hasOwn(unwrappers, name) ? (unwrappers[name]?.(args) ?? null) : null
}

function wordsAfter(valued: string | undefined, args: readonly string[]): readonly string[] {
  return optionWords(valued ?? "", args).words
}

/** The programs that start another one. */
export function wrapperNames(): readonly string[] {
  return [transparent, withWord, unwrappers].flatMap((programs) => Object.keys(programs))
}

function unwrapEnv(args: readonly string[]): Wrapped {
  const given = optionWords("-u,--unset -C,--chdir -S,--split-string -a,--argv0", args)
  const split = given.options.flatMap(({ name, value }) => (name === "-S" ? splitWords(value) : []))
  // To env, any word with = before the command is one, whatever the name.
  const { changes: set, words } = splitAssignments([...split, ...given.words], /=/)
  const unset = given.options.flatMap(({ name, value }) => (name === "-u" ? [value] : []))
  return {
    ...plain,
    words,
    clears: hasOption(given, "-", "-i", "--ignore-environment") ? "certain" : "no",
    changes: { ...Object.fromEntries(unset.map((name) => [name, null])), ...set },
  }
}

function unwrapSudo(args: readonly string[]): Wrapped {
  const given = optionWords(
    "-u,--user -g,--group -h,--host -p,--prompt -C,--close-from -D,--chdir -R,--chroot -r,--role -t,--type -T,--command-timeout -U,--other-user -a,--auth-type -c,--login-class",
    args,
  )
  const [user, group] = ["-u", "-g"].map((name) => optionValue(given, name)?.replace(/^#/, ""))
  // With a group alone, the user stays. To sudo, `#33` is a number.
  const change =
    group === undefined
      ? wholeUser(user ?? "root")
      : {
          user: user ?? null,
          primary: [group],
          others: user === undefined ? ("before" as const) : ("all" as const),
        }
  const preserved = given.options.find(({ name }) => name === "--preserve-env")
  const keepsAll = hasOption(given, "-E") || preserved?.value === ""
  return { ...plain, ...splitAssignments(given.words), change, clears: keepsAll ? "no" : "possible" }
}

function unwrapSetpriv(args: readonly string[]): Wrapped {
  const given = optionWords(
    "--reuid --ruid --euid --regid --rgid --egid --groups --inh-caps --ambient-caps --bounding-set --securebits --pdeathsig --ptracer --selinux-label --apparmor-profile --landlock-access --landlock-rule --seccomp-filter",
    args,
  )
  const user = optionValue(given, "--reuid") ?? optionValue(given, "--euid")
  const group = optionValue(given, "--regid") ?? optionValue(given, "--egid")
  const groups = optionValue(given, "--groups")
  const others = hasOption(given, "--clear-groups")
    ? []
    : hasOption(given, "--init-groups")
      ? ("all" as const)
      : ("before" as const)
  const isChanged = user !== null || group !== null || groups !== null || others !== "before"
  const change = {
    user,
    primary: group === null ? ("before" as const) : [group],
    others: groups === null ? others : listOf(groups),
  }
  return {
    ...plain,
    words: given.words,
    change: isChanged ? change : null,
    clears: hasOption(given, "--reset-env") ? "certain" : "no",
  }
}

/** `su [-] USER -c TEXT ARGS`, `su USER FILE ARGS`, and `runuser -u USER -- command`. */
function login(args: readonly string[]): Wrapped {
  const given = optionWords(
    "-c,--command,--session-command -u,--user -s,--shell -g,--group -G,--supp-group -w,--whitelist-environment",
    args,
    // With -u, a command follows, and its options are its own.
    (options) => !options.some(({ name }) => name === "-u"),
  )
  const named = optionValue(given, "-u")
  const [user = "root", ...rest] = named === null ? given.words : [named, ...given.words]
  const groups = given.options.flatMap(({ name, value }) => (name === "-G" ? [value] : []))
  const [first, ...others] = [optionValue(given, "-g") ?? [], groups].flat()
  const change = first === undefined ? wholeUser(user) : { user, primary: [first], others }
  const isLogin = hasOption(given, "-", "-l", "--login")
  const clears = isLogin ? (hasOption(given, "-w") ? "possible" : "certain") : "no"
  const script = named === null ? optionValue(given, "-c") : null
  const words = named !== null || script !== null ? rest : ["sh", ...rest]
  return { ...plain, words, change, clears, script }
}

/** `USER`, or `USER:GROUP`, or `USER:GROUP:GROUP`. @param others those that are left without a named group. */
function changeOf(spec: string, others: UserChange["others"] = "user"): UserChange | null {
  const [user = "", ...groups] = spec.split(":")
  const named = groups.filter((group) => group !== "")
  if (user === "" && named.length === 0) return null
  const [first, ...more] = named
  if (first !== undefined) return { user: user || null, primary: [first], others: more }
  return { user, primary: "user", others }
}

function listOf(text: string): readonly string[] {
  return text.split(",").filter((name) => name !== "")
}

/**
 * Takes the words `NAME=value` off a command.
 *
 * @param pattern what such a word is; by default, what it is to a shell.
 * @returns no words where no command follows.
 */
export function splitAssignments(
  words: readonly string[],
  pattern: RegExp = /^\w+=/,
): { readonly changes: VariableChanges; readonly words: readonly string[] } {
  const at = words.findIndex((word) => !pattern.test(word))
  const set = at < 0 ? words : words.slice(0, at)
  const changes = Object.fromEntries(set.map(assignment))
  return { changes, words: at < 0 ? [] : words.slice(at) }
}

function assignment(word: string): readonly [string, string] {
  const at = word.indexOf("=")
  return [word.slice(0, at), word.slice(at + 1)]
}
