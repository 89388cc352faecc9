import { createTarDecoder } from "modern-tar"
import { EnvsealError } from "../core/error.ts"
import type { Member } from "../ports/scan-target.ts"
import { LostRecords } from "./extended-header.ts"
import type { LayerAccess } from "./ustar.ts"

const blockBytes = 512

/** A member of a tar, with what its header says of it. */
export interface TarMember extends Member, LayerAccess {
  /** Names of what an extended header says besides, such as `mtime` or `SCHILY.xattr.user.x`. */
  readonly extended: readonly string[]
}

/**
 * What stands in a tar, in its order. The content of a member must be read before the next one is asked for.
 *
 * @param name what the tar is called in messages.
 * @throws EnvsealError `IMAGE_MALFORMED` when a header is damaged, or when the tar does not end as a tar must.
 */
export async function* readTar(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<TarMember> {
  const decoder = createTarDecoder({ strict: true })
  const lost = new LostRecords()
  const entries = ReadableStream.from(lost.watch(chunks)).pipeThrough(decoder)
  for await (const { header, body } of guarded(entries, name)) {
    const { linkname = "", uname = "", gname = "", pax = {}, mode = 0, uid = 0, gid = 0 } = header
    const lostRecords = lost.next()
    yield {
      type: kinds[header.type ?? "file"] ?? "other",
      path: header.name,
      link: linkname,
      texts: [uname, gname, ...attributes(pax), ...lostRecords],
      content: guarded(body, name),
      ...{ mode: mode & 0o7777, uid, gid },
      extended: [...Object.keys(pax), ...lostRecords],
    }
  }
}

/** What a pax header says, but for the paths, which are known already. */
function attributes(pax: Readonly<Record<string, string>>): string[] {
  return Object.entries(pax).flatMap(([key, value]) =>
    /^(?:link)?path$/.test(key) ? [] : [`${key}=${value}`],
  )
}

const kinds: Readonly<Record<string, Member["type"]>> = {
  file: "file",
  directory: "folder",
  link: "link",
  symlink: "symlink",
}

async function* guarded<T>(stream: AsyncIterable<T>, name: string): AsyncGenerator<T> {
  try {
    yield* stream
  } catch (error) {
    if (error instanceof EnvsealError) throw error
    throw malformed(name, error)
  }
}

function malformed(name: string, cause: unknown): EnvsealError {
  const cut = cause instanceof Error && /truncated/.test(cause.message)
  return new EnvsealError(
    "IMAGE_MALFORMED",
    `${name} is ${cut ? "cut: the tar does not end" : "a damaged tar"}`,
    {
      cause,
      hint: "write it again, and see that the writer ends well; sparse files need GNU tar's --format=pax",
    },
  )
}

/** Whether the first bytes of a file are the header of a tar, or the end of an empty one. */
export function looksLikeTar(head: Uint8Array): boolean {
  if (head.length < blockBytes) return false
  const block = head.subarray(0, blockBytes)
  if (block.every((byte) => byte === 0)) return true
  const text = Buffer.from(block.subarray(148, 156)).toString("latin1")
  const stored = Number.parseInt(text.replace(/[\0 ]+$/, "").trim(), 8)
  const sum = block.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0)
  return stored === sum
}
