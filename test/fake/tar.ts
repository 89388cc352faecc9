import { createHash } from "node:crypto"

const block = 512

/** One member of a tar to write. */
export interface TarEntry {
  readonly path: string
  readonly content?: string | Uint8Array
  /** `0` a file, `1` a hard link, `2` a symbolic link, `5` a folder, `S` a sparse file as old GNU tar has it. */
  readonly type?: "0" | "1" | "2" | "5" | "6" | "S"
  readonly link?: string
  readonly owner?: string
  /** By default 0644, root and root. */
  readonly mode?: number
  readonly uid?: number
  readonly gid?: number
  /** How what is too long for the header is told. */
  readonly long?: "gnu" | "pax"
  readonly attributes?: Readonly<Record<string, string>>
}

/** A tar as GNU tar and Go's archive/tar write it, with its end. */
export function tar(entries: readonly TarEntry[]): Buffer {
  return Buffer.concat([...entries.map(tarMember), Buffer.alloc(2 * block)])
}

export function tarMember(entry: TarEntry): Buffer {
  const { path, content = "", type = "0", link = "", owner = "root", long = "pax" } = entry
  const body = Buffer.from(content)
  const records = { ...entry.attributes, ...(long === "pax" ? longRecords(path, link) : {}) }
  const before: Buffer[] = []
  if (long === "gnu" && Buffer.byteLength(path) > 100) before.push(special("L", `${path}\0`))
  if (long === "gnu" && Buffer.byteLength(link) > 100) before.push(special("K", `${link}\0`))
  if (Object.keys(records).length > 0) before.push(special("x", paxText(records)))
  return Buffer.concat([...before, header(path, body.length, type, link, owner, entry), padded(body)])
}

function special(type: string, text: string): Buffer {
  const body = Buffer.from(text)
  return Buffer.concat([header("././@LongLink", body.length, type, "", "root"), padded(body)])
}

function longRecords(path: string, link: string): Record<string, string> {
  return {
    ...(Buffer.byteLength(path) > 100 ? { path } : {}),
    ...(Buffer.byteLength(link) > 100 ? { linkpath: link } : {}),
  }
}

/** Each record begins with its own length in bytes (POSIX pax, "Extended Header"). */
function paxText(records: Readonly<Record<string, string>>): string {
  return Object.entries(records)
    .map(([name, value]) => {
      const rest = ` ${name}=${value}\n`
      let length = Buffer.byteLength(rest)
      while (`${length}`.length + Buffer.byteLength(rest) !== length) {
        length = `${length}`.length + Buffer.byteLength(rest)
      }
      return `${length}${rest}`
    })
    .join("")
}

function header(
  path: string,
  size: number,
  type: string,
  link: string,
  owner: string,
  { mode = 0o644, uid = 0, gid = 0 }: Pick<TarEntry, "mode" | "uid" | "gid"> = {},
): Buffer {
  const bytes = Buffer.alloc(block)
  bytes.write(path, 0, 100)
  for (const [at, number] of [mode, uid, gid].entries())
    bytes.write(`${number.toString(8).padStart(7, "0")}\0`, 100 + 8 * at)
  bytes.write(`${size.toString(8).padStart(11, "0")}\0`, 124)
  bytes.write("00000000000\0", 136)
  bytes.write("        ", 148)
  bytes.write(type, 156)
  bytes.write(link, 157, 100)
  bytes.write("ustar\x0000", 257)
  bytes.write(owner, 265, 31)
  const sum = bytes.reduce((total, byte) => total + byte, 0)
  bytes.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148)
  return bytes
}

function padded(body: Buffer): Buffer {
  return Buffer.concat([body, Buffer.alloc(-body.length & (block - 1))])
}

export function sha256(bytes: string | Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex")
}
