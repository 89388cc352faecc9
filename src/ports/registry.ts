import type { RegistryImage } from "../core/build.ts"

/** A repository of images. */
export interface Registry {
  /** Whether images of this repository can be asked for. */
  knows(repository: string): boolean
  /**
   * @param repository as an image names it: `111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop`.
   * @param reference a tag, or a digest that begins with `sha256:`.
   * @returns `null` when the repository has no such image.
   * @throws EnvsealError `IMAGE_UNUSABLE` when there is no such repository, and as a `Builder` does.
   */
  find(repository: string, reference: string): Promise<RegistryImage | null>
}

/** Lists what is in a repository of images. */
export interface ImageLister {
  /**
   * Images that can be used, newest first; at most some thousands are looked at.
   *
   * @param repository as {@link Registry.find} takes it.
   * @throws EnvsealError as {@link Registry.find} does.
   */
  newest(repository: string): Promise<readonly RegistryImage[]>
}

/** Says how a repository of images is set up. */
export interface RepositoryInspector {
  /**
   * @param repository as {@link Registry.find} takes it.
   * @returns `null` when there is none.
   * @throws EnvsealError `IMAGE_UNUSABLE` for one that cannot be asked for, and as a `Builder` does.
   */
  describe(repository: string): Promise<RepositoryDescription | null>
}

export interface RepositoryDescription {
  /** Whether a tag can be put on another image: `MUTABLE`, `IMMUTABLE`, or either with exclusions. */
  readonly tagMutability: string
}
