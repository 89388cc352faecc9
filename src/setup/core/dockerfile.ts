import { templateFiles } from "./template-files.ts"
import { replaceNames } from "./template-text.ts"

/** A C library, and with it one of the two binaries for Linux. */
export type Libc = "glibc" | "musl"

/** The library that an image's programs stand on, by its name: musl for Alpine. */
export function libcOf(baseImage: string): Libc {
  return /alpine/.test(baseImage) ? "musl" : "glibc"
}

/** The Dockerfile of an app whose image starts from another one. */
export function dockerfileFor(baseImage: string): string {
  return replaceNames(templateFiles.dockerfile, {
    "ARG BASE_IMAGE=php:8.4-fpm\n": `ARG BASE_IMAGE=${baseImage}\n`,
    "ARG ENVSEAL_LIBC=glibc": `ARG ENVSEAL_LIBC=${libcOf(baseImage)}`,
    "# docker/envseal.Dockerfile, as": "# The image that carries envseal, as",
    "docs/container.md": "docs/container.md of envseal",
  })
}
