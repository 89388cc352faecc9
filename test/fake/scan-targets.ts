import { decompress } from "../../src/adapters/node/decompress.ts"
import type { ScanTargets } from "../../src/ports/scan-target.ts"

/** One stream in memory, given out in pieces of a size. */
export function fakeTargets(bytes: Uint8Array, pieceBytes = 4_096): ScanTargets {
  return { open: async () => ({ type: "stream", chunks: pieces(bytes, pieceBytes) }), decompress }
}

export async function* pieces(bytes: Uint8Array, pieceBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes)
}

/** Bytes in pieces, cut at these fractions of them. */
export function cut(bytes: Uint8Array, fractions: readonly number[]): Uint8Array[] {
  const places = [...fractions.map((one) => Math.floor(one * bytes.length)), bytes.length]
  return places.sort((a, b) => a - b).map((end, at) => bytes.slice(places[at - 1] ?? 0, end))
}

export async function* each(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks
}
