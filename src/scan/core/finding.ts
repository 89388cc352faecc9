import type { Exposure } from "./exposure.ts"
import type { LayerName } from "./image.ts"
import type { Proof } from "./image-start.ts"
import type { Encoding } from "./spelling.ts"

/** What was found: the value of a name, or something that has no place in an image. */
export type Found =
  | { readonly type: "value"; readonly name: string; readonly encodings: readonly Encoding[] }
  | { readonly type: "exposure"; readonly what: Exposure }
  | { readonly type: "start"; readonly proof: Proof; readonly what: string }

/** Where of a file: in what it holds, in its path, in the path that a link points to, or in its attributes. */
export type Part = "content" | "path" | "link" | "attributes"

/** Where something was found, while names of layers are not known yet. */
export interface Sighting {
  readonly found: Found
  /** The layer or the file of the archive, by its path there; `null` below a folder or in a plain tar. */
  readonly blob: string | null
  /** The path below that; `null` for the archive's own file. */
  readonly path: string | null
  readonly part: Part
  /** The place in a JSON file of the archive, such as `config.Env[3]`. */
  readonly field: string | null
}

/** A find with its place. Safe to print: no field here can hold a value. */
export interface Leak {
  readonly found: Found
  readonly layer: LayerName | null
  /** The image's configuration, by its digest. */
  readonly config: string | null
  readonly path: string | null
  readonly part: Part
  readonly field: string | null
}

/** Finds in the order of the image: its configuration, its layers from the first, then all else. */
export function placed(
  sightings: readonly Sighting[],
  layers: ReadonlyMap<string, LayerName>,
  configs: ReadonlyMap<string, string>,
): Leak[] {
  const findings = sightings.map(({ found, blob, path, part, field }) => ({
    found,
    layer: layers.get(blob ?? "") ?? null,
    config: configs.get(blob ?? "") ?? null,
    path: blob === null || layers.has(blob) ? path : joined(blob, path, configs),
    part,
    field,
  }))
  return findings.sort((a, b) => rank(a) - rank(b))
}

function joined(blob: string, path: string | null, configs: ReadonlyMap<string, string>): string | null {
  if (path !== null) return `${blob}: ${path}`
  return configs.has(blob) ? null : blob
}

function rank({ layer, config }: Leak): number {
  if (config !== null) return -1
  return layer?.number ?? Number.MAX_SAFE_INTEGER
}
