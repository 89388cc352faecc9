import { concatBytes } from "../../core/bytes.ts"

/** New memory costs time by the page, so the first room is small. Most files of a container fit into it. */
const firstBytes = 8_192
const furtherBytes = 65_536

/**
 * All that there is up to an end.
 *
 * @param read fills some of the room, from its beginning, and tells how many bytes; 0 at the end.
 * @param check sees how many bytes there are so far, and throws where they are too many.
 * @returns memory of its own.
 */
export function readToEnd(read: (room: Uint8Array) => number, check?: (bytes: number) => void): Uint8Array {
  const full: Uint8Array[] = []
  let room = new Uint8Array(firstBytes)
  let size = 0
  for (let filled = 0; ; ) {
    const length = read(room.subarray(filled))
    if (length === 0) return concatBytes([...full, room.subarray(0, filled)])
    size += length
    check?.(size)
    filled += length
    if (filled < room.length) continue
    full.push(room)
    room = new Uint8Array(furtherBytes)
    filled = 0
  }
}
