import type { ImageBuild } from "../dockerfile.ts"
import { advice, edit, type Remedy } from "../remedy.ts"
import { isPhpImage } from "./base-image.ts"
import { type ImageStage, lineageOf, stagesIn } from "./image-stage.ts"

/** How an image gets what lets PHP take a signal. */
export type SignalSource =
  /** It has it, or it is not known whether it has. */
  | { readonly type: "there or unknown" }
  /** It has not, for certain. */
  | { readonly type: "missing"; readonly remedy: Remedy }

const unknown: SignalSource = { type: "there or unknown" }
const extension = "pcntl"

/** What may install anything: scripts, and the programs that are told by a variable what to install. */
const opaque = /\.sh\b|\$|\bpecl\b|\bpie\b|\bmake\b|\bapt(?:-get)?\b|\bcurl\b|\bwget\b/

/**
 * Whether PHP in the image takes signals. The official images have no `pcntl`, and without it a worker never hears that it
 * is to end.
 */
export function signalSource(text: string | null, { file, target, given }: ImageBuild): SignalSource {
  if (text === null || withoutComments(text).includes(extension)) return unknown
  const stages = stagesIn(text, { given })
  const stage = target === null ? stages.at(-1) : stages.findLast(({ name }) => name === target.toLowerCase())
  if (stage === undefined || !isPhpImage(lineageOf(stage)[0]?.base ?? "")) return unknown
  if (lineageOf(stage).some(mayInstall)) return unknown
  const at = stage.steps.find(({ instruction }) => instruction.line <= stage.lastLine)?.instruction.line
  const words = ["docker-php-ext-install", extension]
  const isRoot = lineageOf(stage).every(({ user }, index, all) => index === all.length - 1 || user === null)
  return {
    type: "missing",
    remedy:
      at !== undefined && isRoot
        ? edit(`${file}:${at}:1`, "RUN", words)
        : advice(`install it in ${file}, as root: RUN ${words.join(" ")}`),
  }
}

function withoutComments(text: string): string {
  return text.replace(/^\s*#.*$/gm, "")
}

function mayInstall({ steps }: ImageStage): boolean {
  return steps.some(({ instruction: { name, rest, heredocs } }) => {
    if (name === "COPY" || name === "ADD") return /docker-php-ext|conf\.d|\/extensions\//.test(rest)
    // The C library is chosen by a variable, and no extension with it.
    return name === "RUN" && (heredocs.length > 0 || opaque.test(rest.replaceAll('"$ENVSEAL_LIBC"', "")))
  })
}
