import { openWords } from "../../open/core/open-words.ts"
import { optionValue } from "../../open/core/option-words.ts"
import { type Finding, no, of, ok, unchecked } from "./finding.ts"
import { type BuildContext, unknownContext } from "./recipe/context.ts"
import { type EntryJudgement, judgeEntry } from "./recipe/entry-fault.ts"
import { unknownPart } from "./recipe/expansion.ts"
import { heldValues } from "./recipe/held-value.ts"
import { type ImageFiles, imageFiles, type Trace } from "./recipe/image-files.ts"
import { type ImageStage, joinPath, stagesIn } from "./recipe/image-stage.ts"
import { baseName } from "./recipe/plain-file.ts"
import { advice, edit, type Remedy } from "./remedy.ts"

const subject = of("dockerfile")
const usualSealed = ".env.sealed"

interface Fault {
  readonly text: string
  readonly remedies: readonly Remedy[]
}

/** How the image is built, as far as it is known. */
export interface ImageBuild {
  /** Path of the Dockerfile. */
  readonly file: string
  /** The stage that is built; `null` for the last one. */
  readonly target: string | null
  /** Arguments of the build; `null` for a value that is not known. */
  readonly given: Readonly<Record<string, string | null>>
  readonly context: BuildContext
}

const usualBuild: ImageBuild = { file: "Dockerfile", target: null, given: {}, context: unknownContext }

/**
 * Whether the image opens what is sealed into it, and has nothing in plaintext. A no is certain; what is known in the build
 * alone is not checked.
 *
 * @param text `null` when there is none.
 */
export function judgeDockerfile(text: string | null, build: ImageBuild = usualBuild): Finding {
  const { file, target, given, context } = build
  if (text === null)
    return no(subject, "there is none", advice("write one: envseal init, or docs/container.md"))
  const stages = stagesIn(text, { given })
  const stage = target === null ? stages.at(-1) : stages.findLast(({ name }) => name === target.toLowerCase())
  if (stage === undefined) return noStage(build)
  const first = imageFiles(stage, stages, context, usualSealed)
  const entry = judgeEntry(stage, first, context, file)
  const sealedName = baseName(inputOf(entry))
  const files = sealedName === usualSealed ? first : imageFiles(stage, stages, context, sealedName)
  const faults = [
    ...(entry.fault === null ? [] : [entry.fault]),
    ...sealedFaults(files, stage, file, sealedName),
    ...valueFaults(stage, build),
    ...traceFaults(files, entry, file),
  ]
  if (faults.length > 0) {
    return no(
      subject,
      faults.map((fault) => fault.text).join("; "),
      ...faults.flatMap(({ remedies }) => remedies),
    )
  }
  const doubts = doubtsIn(files, entry, stage, sealedName)
  if (doubts.length === 0) return ok(subject, "opens .env.sealed, and copies no .env")
  return unchecked(subject, `${doubts.join("; ")}: envseal scan proves it in the build`)
}

function noStage({ file, target }: ImageBuild): Finding {
  if (target === null)
    return no(subject, "it has no FROM", advice(`write ${file}: envseal init, or docs/container.md`))
  return no(subject, `it has no stage ${target}`, advice(`name a stage of ${file} with --target`))
}

/** What `open` is told to open, or what it opens when nothing is said. */
function inputOf({ options }: EntryJudgement): string {
  return optionValue(openWords(options), "--in") ?? usualSealed
}

function sealedFaults(
  { sealed }: ImageFiles,
  stage: ImageStage,
  file: string,
  name: string,
): readonly Fault[] {
  if (sealed === "unknown" || sealed.length > 0) return []
  return [
    {
      text: `it does not copy ${name}`,
      remedies: [edit(`${file}:${stage.lastLine + 1}:1`, "COPY", [name, "./"])],
    },
  ]
}

/** `ENV` goes before what is sealed, and all three can be read by everybody who has the image. */
function valueFaults(stage: ImageStage, { file, given }: ImageBuild): readonly Fault[] {
  return heldValues(stage, Object.keys(given)).map(({ instruction, name, line }) => ({
    text: `${instruction} holds ${name}, in plaintext`,
    remedies: [advice(`remove ${name} at ${file}:${line}:1: it belongs into the secret`)],
  }))
}

function traceFaults({ traces }: ImageFiles, entry: EntryJudgement, file: string): readonly Fault[] {
  const certain = traces.filter((trace) => trace.isCertain && (trace.kind === "env" || readsCache(entry)))
  const told = new Map(certain.map((trace) => [`${trace.text} ${trace.line}`, trace]))
  return [...told.values()].map(({ text, what, line, kind }) => ({
    text,
    remedies: [
      advice(
        kind === "env"
          ? `remove ${what} at ${file}:${line}:1`
          : `remove ${what} at ${file}:${line}:1: it belongs between envseal open and the app, as in boot.sh`,
      ),
    ],
  }))
}

/** Whether the app would take the configuration that was cached in the build. */
function readsCache({ app }: EntryJudgement): boolean {
  return app !== null && !app.rebuildsCache && ["server", "artisan", "supervisor"].includes(app.kind)
}

/** A link, or a pod with a folder of its own, may lead there all the same. */
function elsewhere(
  sealed: readonly string[],
  entry: EntryJudgement,
  { scope }: ImageStage,
): readonly string[] {
  const wanted = joinPath(scope.workdir, inputOf(entry))
  const isKnown = entry.isInPlace && ![wanted, ...sealed].some((path) => path.includes(unknownPart))
  const [first] = sealed
  return isKnown && first !== undefined && !sealed.includes(wanted)
    ? [`it has ${first}, and open looks for ${wanted}`]
    : []
}

function doubtsIn(
  { traces, sealed, sources }: ImageFiles,
  entry: EntryJudgement,
  stage: ImageStage,
  name: string,
): readonly string[] {
  const cached = traces.find(({ kind }) => kind === "cache")
  const isRebuilt = entry.app?.rebuildsCache === true
  return [
    ...(entry.doubt === null ? [] : [entry.doubt]),
    ...(sealed === "unknown"
      ? [`whether it has ${name} is not known here`]
      : elsewhere(sealed, entry, stage)),
    ...new Set(traces.filter((trace: Trace) => !trace.isCertain).map(({ text }) => text)),
    ...(cached === undefined || isRebuilt || readsCache(entry) ? [] : [cached.text]),
    ...sources.map(
      ({ name: stage, base }) => `it copies from the stage ${stage ?? base}, which has a .env in plaintext`,
    ),
  ]
}
