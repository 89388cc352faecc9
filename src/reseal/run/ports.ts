import type { Ports } from "../../ports/envelope-ports.ts"
import type { ImageReader, ImageWriter } from "../../ports/image-store.ts"
import type { ScanTargets } from "../../ports/scan-target.ts"

/** What a reseal reaches the world by. */
export interface ResealPorts {
  readonly sealing: Ports
  readonly images: ImageReader & ImageWriter
  readonly decompress: ScanTargets["decompress"]
}
