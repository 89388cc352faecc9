import type { Script } from "../../../open/core/script-start.ts"
import { splitWords } from "../../../open/core/shell-text.ts"
import { type StartedApp, startedApp } from "../../../open/core/started-app.ts"
import { envsealCall } from "../envseal-call.ts"
import { advice, edit, type Remedy } from "../remedy.ts"
import { hasWebUser, imageStart, isPublicImage } from "./base-image.ts"
import { type ContainerStart, type StartPart, startOf } from "./container-start.ts"
import type { BuildContext } from "./context.ts"
import type { ImageFiles } from "./image-files.ts"
import { baseImageOf, type ImageStage, joinPath } from "./image-stage.ts"
import { dropsCommand, type ImageScripts, losesFirstWord, type Opening, openingOf } from "./opening.ts"
import { baseName } from "./plain-file.ts"
import { shownWords } from "./shown-words.ts"

/** What a Dockerfile's entry point does. */
export interface EntryJudgement {
  /** `null` for none that is certain. */
  readonly fault: { readonly text: string; readonly remedies: readonly Remedy[] } | null
  /** What is not known before the build; `null` for nothing. */
  readonly doubt: string | null
  /** The words after `envseal open`; empty where it is not run. */
  readonly options: readonly string[]
  /** What runs in the end; `null` where that is not known. */
  readonly app: StartedApp | null
  /** Whether `open` is started where WORKDIR says: a shell may go elsewhere before. */
  readonly isInPlace: boolean
}

const open = ["envseal", "open", "--require-tmpfs"]

/** Judges what the image of a stage starts. @param file path of the Dockerfile. */
export function judgeEntry(
  stage: ImageStage,
  files: ImageFiles,
  context: BuildContext,
  file: string,
): EntryJudgement {
  const start = startOf(stage)
  const scripts = scriptsOf(stage, files)
  const opening = start.words === null ? withoutStart(start, scripts) : openingOf(start.words, scripts)
  if (opening.answer === "opens") return opened(start, opening.options, scripts, file)
  const app = start.words === null ? null : startedApp(start.words, known(scripts))
  const doubt = doubtOf(stage, start, opening, context)
  if (doubt !== null) return { fault: null, doubt, options: [], app, isInPlace: false }
  const text = start.entry === null ? "it has no ENTRYPOINT" : "its ENTRYPOINT is not envseal open"
  return {
    ...{ fault: { text, remedies: wrap(stage, start, app, file) }, doubt: null },
    ...{ options: [], app, isInPlace: false },
  }
}

/** Of an image that is not known, its ENTRYPOINT may run what CMD says, or not. */
function withoutStart({ command }: ContainerStart, scripts: ImageScripts): Opening {
  const opening = command === null ? null : openingOf(command.words, scripts)
  return opening?.answer === "opens" ? opening : { answer: "unclear", program: "", isScript: false }
}

function opened(
  start: ContainerStart,
  options: readonly string[],
  scripts: ImageScripts,
  file: string,
): EntryJudgement {
  const at = options.indexOf("--")
  const { entry, command, words } = start
  const last = at < 0 ? null : startedApp(options.slice(at + 1), known(scripts))
  // A script may do it before open, too.
  const rebuildsCache = words !== null && startedApp(words, known(scripts)).rebuildsCache
  const app = last === null ? null : { ...last, rebuildsCache: last.rebuildsCache || rebuildsCache }
  const isInPlace = words !== null && envsealCall(words) !== null
  const base = { doubt: null, options, app, isInPlace }
  if (entry === null) return { ...base, fault: null }
  if (losesFirstWord(entry.words, command?.words ?? [])) {
    return {
      ...base,
      fault: {
        text: "its ENTRYPOINT takes the first word of CMD for the name of its shell",
        remedies: [write(`${file}:${entry.line}:1`, "ENTRYPOINT", [...entry.words, "sh"])],
      },
    }
  }
  if (!dropsCommand(entry.words, command?.words ?? [])) return { ...base, fault: null }
  return {
    ...base,
    fault: {
      text: "its ENTRYPOINT is in the shell form, so that CMD is never given to it",
      remedies: [write(`${file}:${entry.line}:1`, "ENTRYPOINT", execForm(entry))],
    },
  }
}

/** The words of a shell form, which then get those of CMD. */
function execForm({ words }: StartPart): readonly string[] {
  const text = (words.at(-1) ?? "").replace(/^\s*exec\s+/, "")
  const [first, ...others] = splitWords(text)
  if (first === undefined) return ["/bin/sh", "-c", `exec ${text} "$@"`, "sh"]
  // Without a shell, `env` alone sets a variable.
  return [...(/^\w+=/.test(first) ? ["env"] : []), first, ...others]
}

/** What to write for an instruction. A value that stands there now is not repeated: the person is to take it over. */
function write(place: string, instruction: "ENTRYPOINT" | "CMD", words: readonly string[]): Remedy {
  const shown = shownWords(words)
  if (shown.every((word, at) => word === words[at])) return edit(place, instruction, words)
  return advice(
    `write ${instruction} ${JSON.stringify(shown)} at ${place}, with what is there for …; a password in it belongs into the secret`,
  )
}

function doubtOf(
  stage: ImageStage,
  start: ContainerStart,
  opening: Opening,
  { files }: BuildContext,
): string | null {
  const base = baseImageOf(stage)
  const isPublic = isPublicImage(base)
  if (start.words === null && !isPublic) return `its entry point is that of ${base}, which is not known here`
  if (opening.answer !== "unclear") return null
  const isMentioned = [...files.values()].some((text) => /\benvseal\b[^\n]*\bopen\b/.test(text))
  // What nobody brings into the image is of the image before, where nothing of envseal is.
  if (isPublic && !isMentioned && !opening.isScript) return null
  return `what ${opening.program} starts is not known here`
}

/** Puts `envseal open` before what is started now. */
function wrap(
  stage: ImageStage,
  start: ContainerStart,
  app: StartedApp | null,
  file: string,
): readonly Remedy[] {
  const before = [...open, ...ownerFor(stage, app), "--"]
  const { entry, command } = start
  const meant = entry === null ? null : meantWords(entry)
  if (entry !== null && meant !== null) {
    const words = openingOf(meant, () => null).answer === "opens" ? meant : [...before, ...meant]
    return [write(`${file}:${entry.line}:1`, "ENTRYPOINT", words)]
  }
  if (entry !== null && entry.words.length > 0) {
    return [write(`${file}:${entry.line}:1`, "ENTRYPOINT", [...before, ...entry.words])]
  }
  const place = `${file}:${stage.lastLine + 1}:1`
  const base = imageStart(baseImageOf(stage))
  if (base === null) {
    const image = baseImageOf(stage)
    const text = `write ENTRYPOINT ${JSON.stringify([...before, "…"])} at ${place}, with what ${image} has for …: docker image inspect --format '{{json .Config}}' ${image}`
    return [advice(text)]
  }
  const own = command?.stage === stage
  const words = command?.words ?? base.command
  return [
    write(place, "ENTRYPOINT", [...before, ...(entry === null ? base.entry : [])]),
    // Without its own, ENTRYPOINT takes the CMD of the image before away.
    ...(own || words.length === 0 ? [] : [write(place, "CMD", words)]),
  ]
}

/** The words of a list in single quotes, which is no JSON, and so a text for a shell; `null` for anything else. */
function meantWords({ isShell, words }: StartPart): readonly string[] | null {
  const text = words.at(-1) ?? ""
  if (!isShell || !/^\[\s*'/.test(text)) return null
  try {
    const list: unknown = JSON.parse(text.replaceAll("'", '"'))
    return Array.isArray(list) ? list.map(String) : null
  } catch {
    return null
  }
}

/** php-fpm and Apache give the app another user, who must be able to read the file: this one, where it is sure to be there. */
function ownerFor(stage: ImageStage, app: StartedApp | null): readonly string[] {
  const isRoot = stage.user === null || /^(?:root|0)(?::|$)/.test(stage.user)
  return isRoot && hasWebUser(baseImageOf(stage)) && (app?.kind === "server" || app?.kind === "supervisor")
    ? ["--owner", "www-data"]
    : []
}

/** Where the image has a command: at its path, or by its name in any folder. */
function scriptsOf({ scope }: ImageStage, { scripts }: ImageFiles): ImageScripts {
  return (command): Script | "unknown" | null => {
    const paths = [...scripts.keys()].filter((path) =>
      command.includes("/")
        ? path === joinPath(scope.workdir, command)
        : baseName(path) === command && /bin\/[^/]*$/.test(path),
    )
    const [path] = paths
    if (path === undefined) return null
    const text = scripts.get(path) ?? null
    return text === null ? "unknown" : { path, text }
  }
}

function known(scripts: ImageScripts): (command: string) => Script | null {
  return (command) => {
    const found = scripts(command)
    return found === "unknown" ? null : found
  }
}
