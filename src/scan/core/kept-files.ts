import { secretNamesIn } from "../../core/secret-name.ts"
import { decodeUtf8 } from "../../core/text.ts"
import { joinLines } from "../../dotenv/read.ts"
import { normalPath } from "../../image/normal-path.ts"
import { elfHeadBytes, processorOf } from "./elf.ts"
import { harmlessEnds } from "./exposure.ts"
import type { KeptAccess, KeptFile, KeptFiles } from "./kept-file.ts"

/** More than a script has, or the table of users. */
const maxTextBytes = 65_536
/** As large as a sealed file becomes. */
const maxSealedBytes = 2_097_152
/** All that is kept of one image, so that memory does not grow with it. */
const maxKeptBytes = 33_554_432

const accountFile = /^etc\/(?:passwd|group)$/
const binary = /(?:^|\/)(?:s?bin\/[^/]+|envseal)$/
/** Of a script that a shell is given, or that another one reads: it need not say what runs it. */
const scriptName = /\.(?:ba|a|da)?sh$|(?:^|[/_-])(?:entry|entrypoint|start|boot|run)$/
const sealedName = /\.sealed$/
const dotenvName = /(?:^|\/)(?:(?:[\w.-]*\.)?env(?:\.[\w-]+)?|\.env[_-][\w.-]+)$/i
const harmlessName = new RegExp(`\\.(?:${harmlessEnds})(?:\\.|$)`, "i")
const whiteout = /^(.*\/)?\.wh\.([^/]+)$/

/** Takes the first bytes of one file, as many as are worth to be kept. */
export class FileSample {
  readonly #path: string
  readonly #chunks: Uint8Array[] = []
  #head = Buffer.alloc(0)
  #size = 0

  constructor(path: string) {
    this.#path = path
  }

  /** @param chunk is copied: its memory may be used again. */
  write(chunk: Uint8Array): void {
    if (this.#head.length < elfHeadBytes)
      this.#head = Buffer.concat([this.#head, chunk.subarray(0, elfHeadBytes - this.#head.length)])
    const limit = this.#limit(chunk)
    if (this.#size <= limit) this.#chunks.push(Uint8Array.from(chunk))
    this.#size += chunk.length
    if (this.#size > limit) this.#chunks.length = 0
  }

  #limit(first: Uint8Array): number {
    if (sealedName.test(this.#path)) return maxSealedBytes
    const head = this.#chunks[0] ?? first
    return startsWith(head, "age-encryption.org/") || startsWith(head, "-----BEGIN AGE")
      ? maxSealedBytes
      : maxTextBytes
  }

  /** @returns `null` for what is too large, or is no text. */
  text(): string | null {
    return this.#chunks.length === 0 ? null : decodeUtf8(Buffer.concat(this.#chunks))
  }

  bytes(): Uint8Array {
    return Buffer.concat(this.#chunks)
  }

  /** For which processor it is, whatever its size. */
  processor(): string | null {
    return processorOf(this.#head)
  }
}

/** Keeps of the layers of an image what tells how it starts. */
export class LayerFiles {
  readonly #layers = new Map<string, Map<string, KeptFile | null>>()
  #bytes = 0

  /** @param seen the first bytes of a file, or what a link points to. */
  add(
    layer: string,
    written: string,
    seen: ({ readonly sample: FileSample } & KeptAccess) | { readonly to: string },
  ): void {
    const path = normalPath(written)
    const [, folder = "", gone] = whiteout.exec(path) ?? []
    if (gone !== undefined) {
      this.#set(layer, gone === ".wh..opq" ? folder.replace(/\/$/, "") : `${folder}${gone}`, null)
      return
    }
    const kept: KeptFile | null =
      "to" in seen ? { type: "link", to: seen.to } : keptOf(path, seen.sample, seen)
    if (kept !== null) this.#set(layer, path, kept)
  }

  #set(layer: string, path: string, file: KeptFile | null): void {
    const files = this.#layers.get(layer) ?? new Map<string, KeptFile | null>()
    this.#layers.set(layer, files)
    this.#bytes +=
      path.length +
      (file?.type === "text" ? file.text.length : 0) +
      (file?.type === "sealed" ? file.bytes.length : 0)
    if (this.#bytes <= maxKeptBytes) files.set(path, file)
  }

  /** The files of an image whose layers are these, the base image first. */
  of(layers: readonly string[]): KeptFiles {
    const all = new Map<string, KeptFile>()
    for (const layer of layers) {
      const files = [...(this.#layers.get(layer) ?? [])]
      // What is taken away is of the layers before, wherever it stands in this one.
      const gone = new Set(files.flatMap(([path, file]) => (file === null ? [path] : [])))
      for (const path of gone.size === 0 ? [] : [...all.keys()]) if (isWithin(path, gone)) all.delete(path)
      for (const [path, file] of files) if (file !== null) all.set(path, file)
    }
    return all
  }
}

/** Whether a path or a folder that it is in is one of these. The empty path is the folder of all. */
function isWithin(path: string, places: ReadonlySet<string>): boolean {
  for (let at = path.length; at > 0; at = path.lastIndexOf("/", at - 1))
    if (places.has(path.slice(0, at))) return true
  return places.has("")
}

function keptOf(path: string, sample: FileSample, { mode, uid }: KeptAccess): KeptFile | null {
  const text = sample.text()
  if (
    sealedName.test(path) ||
    text?.startsWith("-----BEGIN AGE") ||
    startsWith(sample.bytes(), "age-encryption.org/")
  ) {
    return { type: "sealed", bytes: sample.bytes(), mode, uid }
  }
  const isScript = scriptName.test(path) || /^#![^\n]*(?:sh|execlineb|with-contenv)\b/.test(text ?? "")
  if (text !== null && (accountFile.test(path) || isScript)) return { type: "text", text, mode, uid }
  return binary.test(path) || scriptName.test(path)
    ? { type: "other", mode, uid, machine: sample.processor() }
    : null
}

/** Whether a file is a `.env` with secrets by what it holds: of a name such as `prod.env`, and nothing but settings. */
export function isDotenvByContent(path: string, sample: FileSample): boolean {
  if (!dotenvName.test(path) || harmlessName.test(path)) return false
  const text = sample.text()
  if (text === null || secretNamesIn(text, false).length === 0) return false
  return [...joinLines(text)].every(({ entry }) => /^\s*(?:export\s+)?[A-Za-z_][\w.]*\s*=/.test(entry))
}

function startsWith(bytes: Uint8Array, text: string): boolean {
  return Buffer.from(bytes.subarray(0, text.length)).toString("latin1") === text
}
