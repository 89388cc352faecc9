/** A manifest, as a registry has it. Nothing in it is secret. */
export interface StoredManifest {
  readonly digest: string
  readonly mediaType: string
  readonly text: string
}

/** A layer or a configuration, by what a manifest says of it. */
export interface BlobReference {
  readonly digest: string
  /** Bytes. */
  readonly size: number
}

/** Reads images part by part. What it gives is not held against the digest that it was asked for. */
export interface ImageReader {
  /**
   * @param repository as {@link Registry.find} takes it.
   * @param reference a tag, or a digest that begins with `sha256:`.
   * @param mediaTypes what the answer may be.
   * @returns `null` when the repository has no such image.
   * @throws EnvsealError `IMAGE_UNUSABLE` for a repository that is not there or cannot be asked, `ACCESS_DENIED`,
   * `THROTTLED` or `REMOTE_FAILED`.
   */
  manifest(
    repository: string,
    reference: string,
    mediaTypes: readonly string[],
  ): Promise<StoredManifest | null>
  /**
   * A part in pieces, none of which is asked for before the one before it was taken.
   *
   * @throws EnvsealError `IMAGE_UNUSABLE` when the registry does not have it, and as {@link manifest} does.
   */
  blob(repository: string, blob: BlobReference): AsyncIterable<Uint8Array>
}

/** What came of a tag: `taken` when it is on another image, and the registry lets no tag move. */
export type PutResult = "put" | "taken"

/** Writes images part by part. */
export interface ImageWriter {
  /** Stores a layer or a configuration. One that is there already is no failure. @throws as an {@link ImageReader} does. */
  upload(repository: string, digest: string, bytes: Uint8Array): Promise<void>
  /**
   * Stores a manifest whose parts are there.
   *
   * @param tag `null` for an image of an index.
   * @throws EnvsealError `IMAGE_UNUSABLE` when a part of it is not there, and as an {@link ImageReader} does.
   */
  put(repository: string, manifest: StoredManifest, tag: string | null): Promise<PutResult>
}
