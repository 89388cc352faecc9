/** Who owns a file or a folder of a layer, and what may be done with it. */
export interface LayerAccess {
  /** The twelve bits of `chmod`. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
}

/** A file or a folder of a tar, as {@link tarMember} writes it. */
export interface UstarMember extends LayerAccess {
  /** Without a slash at the end, even of a folder. */
  readonly path: string
  readonly isFolder: boolean
  /** Seconds since 1970. */
  readonly mtime: number
  /** Nothing, for a folder. */
  readonly content: Uint8Array
}

const blockBytes = 512
/** What the fields of a header have room for (POSIX, "ustar Interchange Format"). */
const room = { path: 100, id: 0o7777777, mtime: 0o77777777777 } as const

/** The two empty blocks with which a tar ends. */
export const tarEnd: Uint8Array = new Uint8Array(2 * blockBytes)

/**
 * One member of a tar: what its header has no room for stands in an extended header of pax before it. There is one
 * spelling for each member, the same in every version of envseal, so that reading and writing again is a proof.
 *
 * @throws RangeError for a number that no tar can hold.
 */
export function tarMember(member: UstarMember): Uint8Array {
  const { isFolder, mode, uid, gid, mtime, content } = member
  for (const number of [mode, uid, gid, mtime])
    if (!Number.isSafeInteger(number) || number < 0) throw new RangeError("a tar holds whole numbers")
  if (mtime > room.mtime || mode > 0o7777 || content.length > room.mtime)
    throw new RangeError("a tar has no room for the number")
  const path = isFolder ? `${member.path}/` : member.path
  const records = extendedRecords({ path, uid, gid })
  const header = headerBlock({
    path: shortPath(path),
    type: isFolder ? "5" : "0",
    size: content.length,
    ...fitting(member),
    mode,
    mtime,
  })
  const before = records.length === 0 ? [] : extendedHeader(records)
  return Buffer.concat([...before, header, padded(content)])
}

function extendedRecords({ path, uid, gid }: { path: string; uid: number; gid: number }): string[] {
  return [
    ...(isShort(path) ? [] : [record("path", path)]),
    ...(uid > room.id ? [record("uid", `${uid}`)] : []),
    ...(gid > room.id ? [record("gid", `${gid}`)] : []),
  ]
}

function isShort(path: string): boolean {
  return path.length <= room.path && /^[\x20-\x7e]*$/.test(path)
}

/** What readers show that know no pax. */
function shortPath(path: string): string {
  return isShort(path) ? path : "pax"
}

function fitting({ uid, gid }: LayerAccess): { uid: number; gid: number } {
  return { uid: uid > room.id ? 0 : uid, gid: gid > room.id ? 0 : gid }
}

/** `12 uid=70000\n`: the length in bytes of all of it comes first. */
function record(name: string, value: string): string {
  const rest = ` ${name}=${value}\n`
  const bytes = Buffer.byteLength(rest)
  const guess = bytes + `${bytes}`.length
  return `${bytes + `${guess}`.length}${rest}`
}

function extendedHeader(records: readonly string[]): Uint8Array[] {
  const content = Buffer.from(records.join(""))
  const fields = { path: "pax", type: "x", size: content.length, mode: 0o644, uid: 0, gid: 0, mtime: 0 }
  return [headerBlock(fields), padded(content)]
}

interface HeaderFields extends LayerAccess {
  readonly path: string
  readonly type: string
  readonly size: number
  readonly mtime: number
}

function headerBlock({ path, type, size, mode, uid, gid, mtime }: HeaderFields): Uint8Array {
  const block = Buffer.alloc(blockBytes)
  block.write(path, 0, "latin1")
  block.write(octal(mode, 8), 100, "latin1")
  block.write(octal(uid, 8), 108, "latin1")
  block.write(octal(gid, 8), 116, "latin1")
  block.write(octal(size, 12), 124, "latin1")
  block.write(octal(mtime, 12), 136, "latin1")
  block.write("        ", 148, "latin1")
  block.write(type, 156, "latin1")
  block.write("ustar\x0000", 257, "latin1")
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${octal(sum, 7)} `, 148, "latin1")
  return block
}

function octal(number: number, width: number): string {
  return `${number.toString(8).padStart(width - 1, "0")}\0`
}

function padded(content: Uint8Array): Uint8Array {
  return Buffer.concat([content, Buffer.alloc(-content.length & (blockBytes - 1))])
}

/**
 * The members of a tar whose bytes may be any: what is read is only a guess at them, to be written again and compared.
 *
 * @returns `null` where not even a guess is possible.
 */
export function guessMembers(tar: Uint8Array): UstarMember[] | null {
  const bytes = Buffer.from(tar.buffer, tar.byteOffset, tar.length)
  const members: UstarMember[] = []
  let extended: Readonly<Record<string, string>> = {}
  for (let at = 0; at + blockBytes <= bytes.length && bytes[at] !== 0; ) {
    const block = bytes.subarray(at, at + blockBytes)
    const size = number(block, 124, 12)
    const content = bytes.subarray(at + blockBytes, at + blockBytes + size)
    if (!Number.isSafeInteger(size) || content.length !== size) return null
    if (text(block, 156, 1) === "x") extended = recordsOf(content.toString())
    else {
      members.push(guessMember(block, content, extended))
      extended = {}
    }
    at += blockBytes + padded(content).length
  }
  return members
}

function guessMember(
  block: Buffer,
  content: Uint8Array,
  extended: Readonly<Record<string, string>>,
): UstarMember {
  const isFolder = text(block, 156, 1) === "5"
  const path = extended["path"] ?? text(block, 0, room.path)
  return {
    path: isFolder ? path.replace(/\/$/, "") : path,
    isFolder,
    mode: number(block, 100, 8),
    uid: Number(extended["uid"] ?? number(block, 108, 8)),
    gid: Number(extended["gid"] ?? number(block, 116, 8)),
    mtime: number(block, 136, 12),
    content,
  }
}

function recordsOf(body: string): Record<string, string> {
  const records = body.matchAll(/(?<=^|\n)\d+ (path|uid|gid)=([^\n]*)\n/g)
  return Object.fromEntries([...records].map(([, name = "", value = ""]) => [name, value]))
}

function text(block: Buffer, at: number, length: number): string {
  return block.toString("latin1", at, at + length).replace(/\0.*$/s, "")
}

function number(block: Buffer, at: number, length: number): number {
  const digits = text(block, at, length)
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN
}
