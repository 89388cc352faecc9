import { imageStart } from "./base-image.ts"
import { baseImageOf, type ImageStage, lineageOf, type StageStep } from "./image-stage.ts"

/** An ENTRYPOINT or a CMD. */
export interface StartPart {
  readonly words: readonly string[]
  /** Whether a shell runs it, so that nothing is given to it. */
  readonly isShell: boolean
  readonly line: number
  readonly stage: ImageStage
}

/** What a container of a stage starts. */
export interface ContainerStart {
  /** `null` where the Dockerfile has none. */
  readonly entry: StartPart | null
  /** `null` for none, also where an ENTRYPOINT has taken that of the image before away. */
  readonly command: StartPart | null
  /** All words, as far as they are known; `null` where the image before decides, and is not known. */
  readonly words: readonly string[] | null
}

export function startOf(stage: ImageStage): ContainerStart {
  let entry: StartPart | null = null
  let command: StartPart | null = null
  for (const one of lineageOf(stage)) {
    let hasOwnCommand = false
    for (const step of one.steps) {
      const { name } = step.instruction
      if (name === "CMD") {
        command = partOf(step, one)
        hasOwnCommand = true
      }
      if (name !== "ENTRYPOINT") continue
      entry = partOf(step, one)
      // Dockerfile reference: it takes the CMD of the image before away.
      if (!hasOwnCommand) command = null
    }
  }
  return { entry, command, words: wordsOf(stage, entry, command) }
}

function partOf({ instruction: { json, rest, line }, shell }: StageStep, stage: ImageStage): StartPart {
  const isShell = json === null && rest !== ""
  return { words: isShell ? [...shell, rest] : (json ?? []), isShell, line, stage }
}

function wordsOf(
  stage: ImageStage,
  entry: StartPart | null,
  command: StartPart | null,
): ContainerStart["words"] {
  if (entry !== null) return entry.isShell ? entry.words : [...entry.words, ...(command?.words ?? [])]
  const base = imageStart(baseImageOf(stage))
  return base === null ? null : [...base.entry, ...(command?.words ?? base.command)]
}
