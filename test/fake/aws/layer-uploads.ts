import { createHash, randomUUID } from "node:crypto"
import { Fault } from "./fault.ts"

/** What InitiateLayerUpload asks for, and what UploadLayerPart takes at most (ECR API reference). */
export const partSize = 10_485_760
export const maxPartBytes = 20_971_520
const minPartBytes = 5 * 1_048_576

interface Upload {
  readonly place: string
  readonly parts: Buffer[]
  size: number
}

/** Layers on their way to a repository. */
export class LayerUploads {
  readonly #all = new Map<string, Upload>()

  /** @param place ARN of the repository. @returns the id of the upload. */
  begin(place: string): string {
    const id = randomUUID()
    this.#all.set(id, { place, parts: [], size: 0 })
    return id
  }

  /** @returns the last byte that is there now. @throws Fault */
  add(place: string, id: string, part: { first: number; last: number; blob: Buffer }): number {
    const upload = this.#find(place, id)
    const { first, last, blob } = part
    if (first !== upload.size || last - first + 1 !== blob.length || blob.length === 0) {
      throw new Fault(
        "InvalidLayerPartException",
        `Invalid layer part for upload '${id}': first byte ${first}, last byte ${last}, ${upload.size} bytes are there`,
      )
    }
    if (blob.length > maxPartBytes) {
      throw new Fault(
        "InvalidParameterException",
        `Invalid parameter at 'layerPartBlob': over ${maxPartBytes} bytes`,
      )
    }
    upload.parts.push(blob)
    upload.size += blob.length
    return last
  }

  /** Ends an upload. @returns the layer. @throws Fault, and the upload goes on. */
  end(place: string, id: string, digest: string): Buffer {
    const { parts } = this.#find(place, id)
    if (parts.length === 0) throw new Fault("EmptyUploadException", `Upload '${id}' has no layer parts`)
    if (parts.slice(0, -1).some((part) => part.length < minPartBytes)) {
      throw new Fault("LayerPartTooSmallException", "Layer parts must be at least 5 MiB in size")
    }
    const layer = Buffer.concat(parts)
    if (`sha256:${createHash("sha256").update(layer).digest("hex")}` !== digest) {
      throw new Fault("InvalidLayerException", `The layer does not have the digest ${digest}`)
    }
    this.#all.delete(id)
    return layer
  }

  #find(place: string, id: string): Upload {
    const upload = this.#all.get(id)
    if (upload?.place === place) return upload
    throw new Fault("UploadNotFoundException", `The upload with id '${id}' could not be found`)
  }
}
