import { EnvsealError } from "../../core/error.ts"
import { shellWord } from "../../core/shell.ts"
import { decodeUtf8, printable } from "../../core/text.ts"
import { overlayNames } from "../../doctor/core/overlay.ts"
import type { Files, Folders } from "../../ports/files.ts"

/** A text of manifests, and what it is called. */
export interface ManifestText {
  readonly file: string
  readonly text: string
}

export interface ManifestPorts {
  readonly files: Pick<Files, "read" | "readStdin">
  readonly folders: Folders
}

const maxBytes = 4 * 1024 * 1024
const endings = [".yaml", ".yml", ".json"]

/**
 * The manifests that are named, or else those of the environment's folder, which `kubectl apply -f` takes: what is in
 * folders below it is not among them.
 *
 * @param named paths; `-` for standard input. None for the folder.
 * @param folder of the environment's manifests, with `/` at its end.
 * @throws EnvsealError `INPUT_UNREADABLE`, `INPUT_TOO_LARGE`, and `MANIFEST_UNUSABLE` for a folder without manifests or
 * with a kustomization, and for what is no text.
 */
export async function manifestTexts(
  named: readonly string[],
  folder: string,
  ports: ManifestPorts,
): Promise<readonly ManifestText[]> {
  const paths = named.length > 0 ? named : await pathsIn(folder, ports.folders)
  const texts: ManifestText[] = []
  for (const path of paths) texts.push(await textOf(path, ports))
  return texts
}

async function pathsIn(folder: string, folders: Folders): Promise<readonly string[]> {
  const all = await folders.files(folder, [...endings, ...overlayNames])
  const own = all.filter((path) => !path.slice(folder.length).includes("/"))
  const shown = printable(folder.replace(/\/$/, ""))
  if (own.some((path) => overlayNames.some((name) => path === `${folder}${name}`))) {
    throw new EnvsealError("MANIFEST_UNUSABLE", `${shown} is made into manifests by kustomize`, {
      hint: `hand over what it makes: kubectl kustomize ${shellWord(folder)} | envseal manifests ENVIRONMENT -f -`,
    })
  }
  if (own.length > 0) return own
  throw new EnvsealError("MANIFEST_UNUSABLE", `there are no manifests in ${shown}`, {
    hint: "name them with -f FILE, or -f - for standard input",
  })
}

async function textOf(path: string, { files }: ManifestPorts): Promise<ManifestText> {
  const isStdin = path === "-"
  const file = isStdin ? "standard input" : path
  const text = decodeUtf8(isStdin ? await files.readStdin(maxBytes) : await files.read(path, maxBytes))
  if (text !== null) return { file, text }
  throw new EnvsealError("MANIFEST_UNUSABLE", `${printable(file)} is not UTF-8`, { hint: "save it as UTF-8" })
}
