/** One thing that stands in a tar or below a folder. */
export interface Member {
  readonly type: "file" | "folder" | "link" | "symlink" | "other"
  readonly path: string
  /** What a link points to, or `""`. */
  readonly link: string
  /** What else the place says of it: owners, extended attributes. */
  readonly texts: readonly string[]
  /** The bytes of a file; nothing for all others. */
  readonly content: AsyncIterable<Uint8Array>
}

/** How bytes can be compressed. */
export type Compression = "gzip" | "zstd"

/** What can be looked through, read piece by piece so that its size does not matter. */
export interface ScanTargets {
  /**
   * @param path a file, a folder, or `-` for standard input.
   * @throws EnvsealError `INPUT_UNREADABLE`, then or while it is read. Nothing below a folder is passed over.
   */
  open(path: string): Promise<ScanTarget>
  /**
   * Bytes as they were before they were compressed. A failure of `chunks` passes through.
   *
   * @throws EnvsealError `IMAGE_MALFORMED` when they are damaged.
   */
  decompress(chunks: AsyncIterable<Uint8Array>, compression: Compression): AsyncIterable<Uint8Array>
}

export type ScanTarget =
  | { readonly type: "stream"; readonly chunks: AsyncIterable<Uint8Array> }
  | { readonly type: "folder"; readonly members: AsyncIterable<Member> }
