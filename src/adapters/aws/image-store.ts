import {
  BatchGetImageCommand,
  CompleteLayerUploadCommand,
  ECRClient,
  GetDownloadUrlForLayerCommand,
  InitiateLayerUploadCommand,
  PutImageCommand,
  UploadLayerPartCommand,
} from "@aws-sdk/client-ecr"
import type {
  BlobReference,
  ImageReader,
  ImageWriter,
  PutResult,
  StoredManifest,
} from "../../ports/image-store.ts"
import { answerOf } from "./answer.ts"
import type { Call } from "./call.ts"
import type { Credentials } from "./credentials.ts"
import { type EcrRepository, parseEcrRepository } from "./ecr-repository.ts"
import { RequestHandler } from "./http.ts"
import { download, type Range, rangesOf } from "./layer-download.ts"
import { AwsSession, incomplete } from "./session.ts"
import type { AwsSettings } from "./settings.ts"

/** How often an upload is begun again whose parts ECR does not know, because an answer of its was lost. */
const uploads = 3

/** ECR's limit for a part, where it does not say how large the parts of an upload are to be (ECR API reference). */
const maxPartBytes = 20_971_520

type Action = Call["action"] & `ecr:${string}`

/** Images in Amazon ECR, by its own API: what Docker's protocol does there too. */
export class AwsImageStore implements ImageReader, ImageWriter {
  readonly #session: AwsSession
  readonly #credentials: Credentials

  constructor(settings: AwsSettings, credentials: Credentials) {
    this.#session = new AwsSession(settings, credentials)
    this.#credentials = credentials
  }

  async manifest(
    repository: string,
    reference: string,
    mediaTypes: readonly string[],
  ): Promise<StoredManifest | null> {
    const imageId = reference.startsWith("sha256:") ? { imageDigest: reference } : { imageTag: reference }
    const input = { imageIds: [imageId], acceptedMediaTypes: [...mediaTypes] }
    const { images = [], failures = [] } = await this.#ask("ecr:BatchGetImage", repository, (client, place) =>
      client.send(new BatchGetImageCommand({ ...place, ...input })),
    )
    const [image] = images
    if (image === undefined && failures[0]?.failureCode === "ImageNotFound") return null
    const digest = image?.imageId?.imageDigest
    const text = image?.imageManifest
    const mediaType = image?.imageManifestMediaType
    if (digest === undefined || text === undefined || mediaType === undefined)
      throw incomplete(callFor("ecr:BatchGetImage", repository))
    return { digest, mediaType, text }
  }

  async *blob(repository: string, { digest, size }: BlobReference): AsyncGenerator<Uint8Array> {
    let url = await this.#urlOf(repository, digest)
    for (const range of rangesOf(size)) {
      let piece = await this.#download(repository, url, range)
      if (piece === null) {
        url = await this.#urlOf(repository, digest)
        piece = await this.#download(repository, url, range)
      }
      if (piece === null) throw incomplete(callFor("ecr:GetDownloadUrlForLayer", repository))
      yield piece
    }
  }

  async upload(repository: string, digest: string, bytes: Uint8Array): Promise<void> {
    for (let left = uploads; left > 0; left--) {
      if (await this.#uploadOnce(repository, digest, bytes)) return
    }
    throw incomplete(callFor("ecr:UploadLayerPart", repository))
  }

  async put(
    repository: string,
    { digest, mediaType, text }: StoredManifest,
    tag: string | null,
  ): Promise<PutResult> {
    const image = { imageManifest: text, imageManifestMediaType: mediaType, imageDigest: digest }
    const input = { ...image, ...(tag !== null && { imageTag: tag }) }
    return this.#ask("ecr:PutImage", repository, (client, place) =>
      client
        .send(new PutImageCommand({ ...place, ...input }))
        .then(
          () => "put" as const,
          resultFor({ ImageAlreadyExistsException: "put", ImageTagAlreadyExistsException: "taken" } as const),
        ),
    )
  }

  /** @returns whether ECR had all parts; when an answer was lost, it may have some of them twice. */
  async #uploadOnce(repository: string, digest: string, bytes: Uint8Array): Promise<boolean> {
    const { uploadId, partSize = maxPartBytes } = await this.#ask(
      "ecr:InitiateLayerUpload",
      repository,
      (client, place) => client.send(new InitiateLayerUploadCommand(place)),
    )
    if (uploadId === undefined || partSize < 1)
      throw incomplete(callFor("ecr:InitiateLayerUpload", repository))
    for (let first = 0; first < bytes.length; first += partSize) {
      const layerPartBlob = bytes.subarray(first, first + partSize)
      const part = { partFirstByte: first, partLastByte: first + layerPartBlob.length - 1, layerPartBlob }
      const isTaken = await this.#ask("ecr:UploadLayerPart", repository, (client, place) =>
        client
          .send(new UploadLayerPartCommand({ ...place, uploadId, ...part }))
          .then(() => true, resultFor({ InvalidLayerPartException: false, UploadNotFoundException: false })),
      )
      if (!isTaken) return false
    }
    return this.#ask("ecr:CompleteLayerUpload", repository, (client, place) =>
      client
        .send(new CompleteLayerUploadCommand({ ...place, uploadId, layerDigests: [digest] }))
        .then(() => true, resultFor({ LayerAlreadyExistsException: true, UploadNotFoundException: false })),
    )
  }

  async #urlOf(repository: string, layerDigest: string): Promise<string> {
    const { downloadUrl } = await this.#ask("ecr:GetDownloadUrlForLayer", repository, (client, place) =>
      client.send(new GetDownloadUrlForLayerCommand({ ...place, layerDigest })),
    )
    if (downloadUrl === undefined) throw incomplete(callFor("ecr:GetDownloadUrlForLayer", repository))
    this.#credentials.redactor.add(downloadUrl)
    return downloadUrl
  }

  #download(repository: string, url: string, range: Range): Promise<Buffer | null> {
    return this.#session.repeat({
      call: callFor("ecr:GetDownloadUrlForLayer", repository),
      region: parseEcrRepository(repository).region,
      client: () => new RequestHandler(),
      send: (handler) => download(handler, url, range),
    })
  }

  #ask<Result>(
    action: Action,
    repository: string,
    send: (client: ECRClient, place: { registryId: string; repositoryName: string }) => Promise<Result>,
  ): Promise<Result> {
    const { account, region, name }: EcrRepository = parseEcrRepository(repository)
    return this.#session.repeat({
      call: callFor(action, repository),
      region,
      client: (settings) => new ECRClient(settings),
      send: (client) => send(client, { registryId: account, repositoryName: name }),
    })
  }
}

function callFor(action: Action, resource: string): Call {
  return { service: "ECR", action, resource }
}

/** Takes failures of these names for a result. @throws the failure, when it has another name. */
function resultFor<Result>(results: Readonly<Record<string, Result>>): (thrown: unknown) => Result {
  return (thrown) => {
    const { name } = answerOf(thrown)
    const result = Object.hasOwn(results, name) ? results[name] : undefined
    if (result === undefined) throw thrown
    return result
  }
}
