import { authorize } from "./authorize.ts"
import type { Caller, Operation } from "./caller.ts"
import type { Call, State } from "./exchange.ts"
import { Fault } from "./fault.ts"
import { partSize } from "./layer-uploads.ts"
import { layerUrl } from "./layer-url.ts"
import { readMembers } from "./members.ts"
import { type Repository, repositoryArn } from "./repository.ts"
import { findRepository, invalid, missingRepository, readAccount, readName } from "./repository-id.ts"

/** The calls of ECR that move layers. */
export const layerOperations: Readonly<Record<string, Operation>> = {
  GetDownloadUrlForLayer: getDownloadUrlForLayer,
  InitiateLayerUpload: initiateLayerUpload,
  UploadLayerPart: uploadLayerPart,
  CompleteLayerUpload: completeLayerUpload,
}

/** A repository that a call names, and whose caller may do what it does there. */
export interface RepositoryUse {
  readonly repository: Repository
  readonly account: string
  readonly arn: string
}

const place = { registryId: "text", repositoryName: "text" } as const

/** @throws Fault for a caller who may not, and then for a repository that is not there. */
export function useRepository(
  call: Call,
  caller: Caller,
  operation: string,
  { registryId, repositoryName }: { readonly registryId?: string; readonly repositoryName?: string },
): RepositoryUse {
  const account = readAccount(registryId, caller)
  const name = readName(repositoryName)
  const repository = findRepository(call.state.world, name, caller.region, account)
  const arn = repositoryArn(name, caller.region, account)
  authorize(caller, { action: `ecr:${operation}`, resource: arn, account, policy: repository?.policy })
  return { repository: repository ?? missingRepository(name, account), account, arn }
}

/** Changes a repository of the world. */
export function changeRepository(state: State, repository: Repository, part: Partial<Repository>): void {
  const repositories = state.world.repositories.map((one) => (one === repository ? { ...one, ...part } : one))
  state.world = { ...state.world, repositories }
}

function getDownloadUrlForLayer(call: Call, caller: Caller): object {
  const members = readMembers(call.request.body, { ...place, layerDigest: "text" })
  const { repository, account } = useRepository(call, caller, "GetDownloadUrlForLayer", members)
  const digest = readDigest("layerDigest", members.layerDigest)
  if (repository.blobs?.[digest] === undefined) throw layersNotFound([digest])
  if (!isReferenced(repository, digest)) {
    throw new Fault("LayerInaccessibleException", `The layer ${digest} is not associated with an image`)
  }
  const { host = "" } = call.request.headers
  const blob = { account, repository: repository.name, digest }
  return { downloadUrl: layerUrl(blob, host, call.now), layerDigest: digest }
}

function isReferenced({ images }: Repository, digest: string): boolean {
  return images.some(({ manifest = "" }) => manifest.includes(digest))
}

function initiateLayerUpload(call: Call, caller: Caller): object {
  const members = readMembers(call.request.body, place)
  const { arn } = useRepository(call, caller, "InitiateLayerUpload", members)
  return { uploadId: call.state.uploads.begin(arn), partSize }
}

function uploadLayerPart(call: Call, caller: Caller): object {
  const members = readMembers(call.request.body, {
    ...place,
    ...{ uploadId: "text", partFirstByte: "number", partLastByte: "number", layerPartBlob: "bytes" },
  })
  const { arn, account, repository } = useRepository(call, caller, "UploadLayerPart", members)
  const { uploadId = "", partFirstByte: first = -1, partLastByte: last = -1, layerPartBlob: blob } = members
  if (blob === undefined) throw invalid("layerPartBlob", "bytes")
  const lastByteReceived = call.state.uploads.add(arn, uploadId, { first, last, blob })
  return { registryId: account, repositoryName: repository.name, uploadId, lastByteReceived }
}

function completeLayerUpload(call: Call, caller: Caller): object {
  const members = readMembers(call.request.body, { ...place, uploadId: "text", layerDigests: "texts" })
  const { arn, account, repository } = useRepository(call, caller, "CompleteLayerUpload", members)
  const { uploadId = "", layerDigests = [] } = members
  if (layerDigests.length !== 1) throw invalid("layerDigests", "one digest")
  const layerDigest = readDigest("layerDigests", layerDigests[0])
  const layer = call.state.uploads.end(arn, uploadId, layerDigest)
  const { blobs = {} } = repository
  if (blobs[layerDigest] !== undefined) {
    throw new Fault(
      "LayerAlreadyExistsException",
      `Layer with digest '${layerDigest}' already exists in the repository '${repository.name}'`,
    )
  }
  changeRepository(call.state, repository, {
    blobs: { ...blobs, [layerDigest]: layer.toString("base64") },
  })
  return { registryId: account, repositoryName: repository.name, uploadId, layerDigest }
}

function readDigest(name: string, text = ""): string {
  if (!/^sha256:[0-9a-f]{64}$/.test(text)) throw invalid(name, "[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+")
  return text
}

/** What ECR says of layers that a repository does not have. */
export function layersNotFound(digests: readonly string[]): Fault {
  return new Fault(
    "LayersNotFoundException",
    `Layers with digests '[${digests.join(", ")}]' could not be found`,
  )
}
