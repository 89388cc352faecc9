import { chmodSync, closeSync, openSync, readSync, writeSync } from "node:fs"

/** As containerd writes what is in a layer. */
const pieceBytes = 32_768

/**
 * Copies a program as a layer of an image is unpacked, in small pieces. How a file was written decides how it lies in the
 * page cache, and so what each page fault of the program brings: it makes a tenth of the time of a start.
 */
export function unpack(from: string, to: string): void {
  const piece = Buffer.allocUnsafe(pieceBytes)
  const source = openSync(from, "r")
  const target = openSync(to, "wx")
  try {
    for (;;) {
      const length = readSync(source, piece, 0, pieceBytes, null)
      if (length === 0) break
      for (let at = 0; at < length; ) at += writeSync(target, piece, at, length - at)
    }
  } finally {
    closeSync(source)
    closeSync(target)
  }
  chmodSync(to, 0o755)
}
