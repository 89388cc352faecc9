import { secretNamesIn } from "../../../core/secret-name.ts"
import type { BuildContext } from "./context.ts"
import { expandWord, unknownPart } from "./expansion.ts"
import { type ImageStage, joinPath, type StageStep } from "./image-stage.ts"
import type { Heredoc } from "./instruction.ts"
import { baseName, isHarmlessName, isPlainName } from "./plain-file.ts"
import { isBelow, runWork } from "./run-work.ts"
import { isPattern, landingOf, type Transfer, transfersIn } from "./transfer.ts"

/** Something in plaintext that comes into a stage. */
export interface Trace {
  readonly path: string
  /** Such as `it copies .env.production, in plaintext`. */
  readonly text: string
  /** What takes it away, such as `remove .env at Dockerfile:4:1`. */
  readonly what: string
  readonly line: number
  readonly kind: "env" | "cache"
  readonly isCertain: boolean
  /** Whether it was removed: it is in a layer still, and in no copy of the stage. */
  readonly isGone: boolean
}

/** The files of a stage that matter, when its last step is done. */
export interface ImageFiles {
  readonly traces: readonly Trace[]
  /** Where the sealed file is; `unknown` where it may be. */
  readonly sealed: readonly string[] | "unknown"
  /** Texts of scripts by path; `null` for a file whose text is not known. */
  readonly scripts: ReadonlyMap<string, string | null>
  /** Stages whose plaintext goes into what is copied of them, in another form perhaps. */
  readonly sources: readonly ImageStage[]
}

/** @param sealedName what the sealed file is called. */
export function imageFiles(
  stage: ImageStage,
  all: readonly ImageStage[],
  context: BuildContext,
  sealedName: string,
): ImageFiles {
  const known = new Map<ImageStage, ImageFiles>()
  const filesOf = (one: ImageStage): ImageFiles => {
    const found = known.get(one) ?? new StageFiles(one, all, context, sealedName, filesOf).read()
    known.set(one, found)
    return found
  }
  return filesOf(stage)
}

class StageFiles {
  readonly #stage: ImageStage
  readonly #before: readonly ImageStage[]
  readonly #context: BuildContext
  readonly #sealedName: string
  readonly #filesOf: (stage: ImageStage) => ImageFiles
  #traces: Trace[]
  #sealed: string[] | "unknown"
  readonly #scripts: Map<string, string | null>
  readonly #sources: Set<ImageStage>

  constructor(
    stage: ImageStage,
    all: readonly ImageStage[],
    context: BuildContext,
    sealedName: string,
    filesOf: (stage: ImageStage) => ImageFiles,
  ) {
    const inherited = stage.parent === null ? null : filesOf(stage.parent)
    this.#stage = stage
    this.#before = all.slice(0, all.indexOf(stage))
    this.#context = context
    this.#sealedName = sealedName
    this.#filesOf = filesOf
    this.#traces = [...(inherited?.traces ?? [])]
    this.#sealed =
      inherited === null ? [] : inherited.sealed === "unknown" ? "unknown" : [...inherited.sealed]
    this.#scripts = new Map(inherited?.scripts)
    this.#sources = new Set(inherited?.sources)
  }

  read(): ImageFiles {
    for (const step of this.#stage.steps) {
      for (const transfer of transfersIn(step, this.#before)) this.#take(transfer, step)
      if (step.instruction.name === "RUN") this.#run(step)
    }
    return { traces: this.#traces, sealed: this.#sealed, scripts: this.#scripts, sources: [...this.#sources] }
  }

  #take(transfer: Transfer, step: StageStep): void {
    const { origin } = transfer
    if (origin.type === "context") this.#takeFromContext(transfer)
    else if (origin.type === "stage") this.#takeFromStage(transfer, origin.stage)
    else if (origin.type === "elsewhere") this.#takeFromElsewhere(transfer)
    else this.#takeText(transfer, origin.heredoc, step)
  }

  #takeText(transfer: Transfer, { name, text, expands }: Heredoc, { lookup }: StageStep): void {
    const path = transfer.isInto ? joinPath(transfer.destination, name) : transfer.destination
    const written = expands ? expandWord(text.replace(/["'\\]/g, ""), lookup) : text
    this.#scripts.set(path, text)
    if (!isPlainName(path) || secretNamesIn(written, true).length === 0) return
    const file = shown(baseName(path))
    this.#find(transfer, path, `it writes ${file}, in plaintext`, file)
  }

  #takeFromContext(transfer: Transfer): void {
    const { source } = transfer
    const sealed = landingOf(transfer, this.#sealedName) ?? this.#sealedByName(transfer)
    if (sealed !== null && this.#sealed !== "unknown") this.#sealed.push(sealed)
    for (const [path, text] of this.#context.files) {
      const landing = landingOf(transfer, path)
      if (landing === null || (this.#context.isIgnored(path) && path !== source)) continue
      this.#scripts.set(landing, text)
      this.#judge(transfer, path, landing, text)
    }
    if (isPattern(source) && !this.#context.isIgnored(".env") && !this.#context.files.has(".env")) {
      const landing = landingOf(transfer, ".env")
      // A name of one star alone is the whole folder, which is the matter of .dockerignore.
      if (landing !== null && source !== "*") this.#judge(transfer, ".env", landing, null)
    }
    // A pattern that ends in such a name has to match one, or the build fails.
    const isNamed = !isPattern(source) || (isPlainName(source) && !isPattern(baseName(source)))
    if (source !== "" && isNamed && !this.#context.files.has(source)) {
      const landing = landingOf(transfer, source) ?? transfer.destination
      this.#scripts.set(landing, null)
      this.#judge(transfer, source, landing, null)
    }
  }

  /** The sealed file under another name, or out of a folder: what counts is where it comes to. */
  #sealedByName({ source, destination, isInto }: Transfer): string | null {
    if (baseName(destination) === this.#sealedName) return destination
    return baseName(source) === this.#sealedName
      ? isInto
        ? joinPath(destination, baseName(source))
        : destination
      : null
  }

  #judge(transfer: Transfer, path: string, landing: string, text: string | null): void {
    if (baseName(path) === this.#sealedName || isHarmlessName(path)) return
    // A root .env that comes with the whole folder is the matter of .dockerignore.
    if (path === ".env" && transfer.source === "") return
    if (!isPlainName(path) && !isPlainName(landing)) return
    if (text !== null && secretNamesIn(text, false).length === 0) return
    // A name that ends in .env alone is a guess, unless the file is there.
    const name = shown(path === "" ? landing : path)
    const to = isPlainName(path) ? "" : ` to ${shown(landing)}`
    this.#find(transfer, landing, `it copies ${name}${to}, in plaintext`, name)
  }

  #takeFromStage(transfer: Transfer, stage: ImageStage): void {
    const files = this.#filesOf(stage)
    const isUnknown = transfer.source.includes(unknownPart)
    const exact = files.traces.some(({ path }) => path === transfer.source)
    for (const trace of files.traces) {
      const landing = landingOf(transfer, trace.path)
      if (landing !== null && !trace.isGone) this.#traces.push({ ...trace, path: landing })
    }
    if (files.traces.some(({ isCertain }) => isCertain) || files.sources.length > 0) this.#sources.add(stage)
    for (const [path, text] of files.scripts) {
      const landing = landingOf(transfer, path)
      if (landing !== null) this.#scripts.set(landing, text)
    }
    if (!exact && isPlainName(transfer.source)) {
      this.#doubt(transfer, `it copies ${shown(transfer.source)} of another stage`)
    }
    if (files.sealed === "unknown" || isUnknown) {
      if (files.sealed === "unknown" || files.sealed.length > 0) this.#sealed = "unknown"
    } else if (this.#sealed !== "unknown") {
      const paths = files.sealed.flatMap((path) => landingOf(transfer, path) ?? [])
      this.#sealed.push(...paths)
      if (paths.length === 0 && files.sealed.some((path) => path.startsWith(unknownPart)))
        this.#sealed = "unknown"
    }
  }

  #takeFromElsewhere(transfer: Transfer): void {
    const { source, destination, isInto } = transfer
    const landing = isInto ? joinPath(destination, baseName(source)) : destination
    this.#scripts.set(landing, null)
    if (baseName(landing) === this.#sealedName && this.#sealed !== "unknown") this.#sealed.push(landing)
    if (!isPlainName(source) && !isPlainName(landing)) return
    this.#find(transfer, landing, `it copies ${shown(source)}, in plaintext`, shown(source))
  }

  #run(step: StageStep): void {
    const { line, rest } = step.instruction
    const { files, removed, cache, texts, moves } = runWork(step)
    for (const { path, holds, by } of files) {
      if (holds === "nothing") continue
      const name = shown(baseName(path))
      const text = `${shown(by)} writes ${name}, in plaintext`
      if (holds === "secret") this.#find({ line }, path, text, shown(by))
      else this.#doubt({ line }, `${shown(by)} writes ${name}`)
    }
    for (const [path, text] of texts) this.#scripts.set(path, text)
    for (const { from, to } of moves) {
      const text = this.#scripts.get(from)
      if (text !== undefined) this.#scripts.set(to, text)
    }
    const isRemoved = (path: string) => removed.some((one) => isBelow(path, one))
    this.#traces = this.#traces.map((trace) => (isRemoved(trace.path) ? { ...trace, isGone: true } : trace))
    this.#cache(cache, line, step.workdir)
    if (this.#sealed === "unknown") return
    if (
      this.#sealed.length === 0 &&
      rest.includes(this.#sealedName) &&
      !removed.some((one) => one.endsWith(this.#sealedName))
    ) {
      this.#sealed = "unknown"
    } else this.#sealed = this.#sealed.filter((path) => !isRemoved(path))
  }

  #cache(cache: "made" | "removed" | "as it was", line: number, workdir: string): void {
    if (cache === "as it was") return
    this.#traces = this.#traces.filter(({ kind }) => kind !== "cache")
    if (cache === "removed") return
    const path = joinPath(workdir, "bootstrap/cache/config.php")
    this.#traces.push({
      ...{ path, line, kind: "cache", isCertain: true, isGone: false, what: "config:cache" },
      text: "it caches Laravel's configuration in the build",
    })
  }

  #find({ line }: { readonly line: number }, path: string, text: string, what: string): void {
    this.#traces.push({ path, text, what, line, kind: "env", isCertain: true, isGone: false })
  }

  #doubt({ line }: { readonly line: number }, text: string): void {
    this.#traces.push({ path: "", text, what: "", line, kind: "env", isCertain: false, isGone: false })
  }
}

/** A path as it is written in a finding. */
function shown(path: string): string {
  return path.replaceAll(unknownPart, "…")
}
