import { normalPath } from "../../image/normal-path.ts"

/** What a layer says of a file besides its bytes. */
export interface KeptAccess {
  readonly mode: number
  readonly uid: number
}

/** A file of an image that is kept for the judgement. */
export type KeptFile =
  | ({ readonly type: "text"; readonly text: string } & KeptAccess)
  | ({ readonly type: "sealed"; readonly bytes: Uint8Array } & KeptAccess)
  /** It is there, and no more of it is known than for which processor it is, where it is a program for one. */
  | ({ readonly type: "other"; readonly machine: string | null } & KeptAccess)
  | { readonly type: "link"; readonly to: string }

/** The files of an image that were kept, by path without a `/` before it. */
export type KeptFiles = ReadonlyMap<string, KeptFile>

/** Links are followed as far as they were kept, those of folders too: `bin` is `usr/bin`. */
export function fileAt(
  files: KeptFiles,
  path: string,
  links = 16,
): Exclude<KeptFile, { type: "link" }> | null {
  const parts = path.split("/")
  for (const length of parts.keys()) {
    const link = files.get(parts.slice(0, length + 1).join("/"))
    if (link?.type !== "link") continue
    if (links === 0) return null
    const folder = link.to.startsWith("/") ? "" : parts.slice(0, length).join("/")
    const rest = parts.slice(length + 1).join("/")
    return fileAt(files, normalPath(`${folder}/${link.to}/${rest}`), links - 1)
  }
  const file = files.get(path)
  return file === undefined || file.type === "link" ? null : file
}

/** The text at a path; `null` where none was kept. */
export function keptTextAt(files: KeptFiles, path: string): string | null {
  const file = fileAt(files, path)
  return file?.type === "text" ? file.text : null
}

export function isExecutable(file: KeptFile): boolean {
  return file.type !== "link" && (file.mode & 0o111) !== 0
}
