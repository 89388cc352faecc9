import type { EnvironmentSettings } from "../../config/settings.ts"
import { EnvsealError } from "../../core/error.ts"
import { printable } from "../../core/text.ts"
import { dearmor } from "../../envelope/armor.ts"
import { type Claims, readClaims, type SourceRecord } from "../../envelope/claims.ts"
import { checkExpectation } from "../../envelope/context.ts"
import { readHeader } from "../../envelope/header.ts"
import { isSameKey } from "../../envelope/kms-key.ts"
import type { Leak } from "../core/finding.ts"
import type { ImageDocument, ImageNames, Inventory } from "../core/image.ts"
import { judgeNames, judgeStart, type ProofFault } from "../core/image-start.ts"
import { fileAt, type KeptFiles } from "../core/kept-file.ts"
import type { LayerFiles } from "../core/kept-files.ts"

/** What an image is to be for. */
export interface StartDemands {
  readonly settings: Pick<EnvironmentSettings, "name" | "context" | "recipients" | "kmsKeys">
  /** What was read of the secret just now. */
  readonly sources: readonly SourceRecord[]
}

/**
 * Whether each image starts by opening what is sealed for the environment.
 *
 * @throws EnvsealError `IMAGE_MALFORMED` when there is no image whose start could be judged.
 */
export function startFindings(
  { documents }: Inventory,
  names: ImageNames,
  layers: LayerFiles,
  demands: StartDemands,
  name: string,
): readonly Leak[] {
  if (names.held.length === 0) {
    throw new EnvsealError("IMAGE_MALFORMED", `${name} has no image whose start could be proven`, {
      hint: "give the tar of docker save, or of an OCI layout; --opens is for images alone",
    })
  }
  return names.held.flatMap(({ config, layers: paths }) => {
    const document = documents.get(config)
    if (document?.type !== "config") return []
    const faults = imageFaults(document, layers.of(paths), demands)
    return faults.map(({ proof, what, field }): Leak => {
      const found = { type: "start", proof, what } as const
      return {
        found,
        layer: null,
        config: names.configs.get(config) ?? config,
        path: null,
        part: "content",
        field,
      }
    })
  })
}

function imageFaults(
  { run, steps, architecture }: Extract<ImageDocument, { type: "config" }>,
  files: KeptFiles,
  demands: StartDemands,
): readonly ProofFault[] {
  const { faults, sealedPath } = judgeStart(run, files, architecture)
  const sealed = sealedPath === null ? [] : sealedFaults(sealedPath, files, demands)
  return [...faults, ...sealed, ...judgeNames(run, steps)]
}

function sealedFaults(path: string, files: KeptFiles, demands: StartDemands): readonly ProofFault[] {
  const fault = (proof: ProofFault["proof"], what: string): ProofFault => ({ proof, what, field: null })
  const file = fileAt(files, path)
  if (file === null) {
    const [other] = [...files].filter(([, one]) => one.type === "sealed").map(([at]) => at)
    const more = other === undefined ? "" : `; there is one at /${printable(other, 200)}`
    return [fault("sealed", `it has no /${printable(path, 200)}, which open would open${more}`)]
  }
  if (file.type !== "sealed") return [fault("sealed", `/${printable(path, 200)} is no sealed file`)]
  try {
    return claimFaults(readClaims(readHeader(dearmor(file.bytes, path), `/${path}`)), path, demands)
  } catch (error) {
    if (!(error instanceof EnvsealError)) throw error
    return [fault("sealed", error.message)]
  }
}

function claimFaults(
  claims: Claims,
  path: string,
  { settings, sources }: StartDemands,
): readonly ProofFault[] {
  const fault = (proof: ProofFault["proof"], what: string): ProofFault => ({ proof, what, field: null })
  return [
    ...contextFaults(claims, path, settings).map((what) => fault("context", what)),
    ...versionFaults(claims, sources).map((what) => fault("version", what)),
    ...(isForOne(claims, settings)
      ? []
      : [fault("recipient", `/${path} is sealed for none of the recipients of ${settings.name}`)]),
  ]
}

function contextFaults(
  { context }: Claims,
  path: string,
  settings: StartDemands["settings"],
): readonly string[] {
  try {
    checkExpectation(context, settings.context, `/${path}`)
    return []
  } catch (error) {
    if (!(error instanceof EnvsealError)) throw error
    return [error.message]
  }
}

function versionFaults({ provenance }: Claims, sources: readonly SourceRecord[]): readonly string[] {
  const sealed = provenance.sources.filter((one) => one.type === "aws-sm")
  return sources.flatMap((source) => {
    if (source.type !== "aws-sm") return []
    const same = sealed.find(({ arn }) => arn === source.arn)
    if (same === undefined) return [`it was not sealed from ${source.arn}`]
    if (same.versionId === source.versionId) return []
    return [
      `it was sealed from version ${same.versionId} of the secret, and ${source.versionId} was looked for`,
    ]
  })
}

/** An alias is not known to be a key without asking; then kmsKeys say it, or nothing does. */
function isForOne({ recipients }: Claims, settings: StartDemands["settings"]): boolean {
  const keys = recipients.flatMap((one) => /^aws-kms:(.*)$/.exec(one)?.[1] ?? [])
  const wanted = settings.recipients.flatMap((one) => /^aws-kms:(.*)$/.exec(one)?.[1] ?? [])
  const pinned = settings.kmsKeys.length > 0 ? settings.kmsKeys : wanted.filter((one) => /:key\//.test(one))
  if (settings.recipients.some((one) => recipients.includes(one))) return true
  if (pinned.length === 0) return keys.length > 0 || settings.recipients.length === 0
  return keys.some((key) => pinned.some((one) => isSameKey(one, key)))
}
