import {
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  type ImageDetail,
} from "@aws-sdk/client-ecr"
import type { RegistryImage } from "../../core/build.ts"
import type {
  ImageLister,
  Registry,
  RepositoryDescription,
  RepositoryInspector,
} from "../../ports/registry.ts"
import { nullFor } from "./answer.ts"
import type { Call } from "./call.ts"
import type { Credentials } from "./credentials.ts"
import { ecrRepository, parseEcrRepository } from "./ecr-repository.ts"
import { AwsSession, incomplete } from "./session.ts"
import type { AwsSettings } from "./settings.ts"

const maxPages = 10

/** Amazon ECR: one `DescribeImages` for each image, of whatever status, and one `DescribeRepositories`. */
export class AwsRegistry implements Registry, ImageLister, RepositoryInspector {
  readonly #session: AwsSession

  constructor(settings: AwsSettings, credentials: Credentials) {
    this.#session = new AwsSession(settings, credentials)
  }

  /** Whether it is a repository of Amazon ECR. */
  knows(repository: string): boolean {
    return ecrRepository(repository) !== null
  }

  async find(repository: string, reference: string): Promise<RegistryImage | null> {
    const { account, region, name } = parseEcrRepository(repository)
    const call: Call = { service: "ECR", action: "ecr:DescribeImages", resource: repository }
    const command = new DescribeImagesCommand({
      registryId: account,
      repositoryName: name,
      imageIds: [reference.startsWith("sha256:") ? { imageDigest: reference } : { imageTag: reference }],
      // Without it an archived image looks as if it were missing.
      filter: { imageStatus: "ANY" },
    })
    const answer = await this.#session.repeat({
      call,
      region,
      client: (settings) => new ECRClient(settings),
      send: (client) => client.send(command).catch(nullFor("ImageNotFoundException")),
    })
    const [image] = answer?.imageDetails ?? []
    return image === undefined ? null : imageIn(image, call)
  }

  /** Pages come in no order that ECR promises, so that all are looked at. */
  async newest(repository: string): Promise<readonly RegistryImage[]> {
    const { account, region, name } = parseEcrRepository(repository)
    const call: Call = { service: "ECR", action: "ecr:DescribeImages", resource: repository }
    const found: RegistryImage[] = []
    let nextToken: string | undefined
    for (let page = 0; page < maxPages; page += 1) {
      const command = new DescribeImagesCommand({
        ...{ registryId: account, repositoryName: name, filter: { imageStatus: "ACTIVE" }, maxResults: 1000 },
        ...(nextToken === undefined ? {} : { nextToken }),
      })
      const answer = await this.#session.repeat({
        call,
        region,
        client: (settings) => new ECRClient(settings),
        send: (client) => client.send(command),
      })
      found.push(...(answer.imageDetails ?? []).map((image) => imageIn(image, call)))
      nextToken = answer.nextToken
      if (nextToken === undefined) break
    }
    return found.toSorted((one, other) => other.pushedAtMs - one.pushedAtMs)
  }

  async describe(repository: string): Promise<RepositoryDescription | null> {
    const { account, region, name } = parseEcrRepository(repository)
    const call: Call = { service: "ECR", action: "ecr:DescribeRepositories", resource: repository }
    const command = new DescribeRepositoriesCommand({ registryId: account, repositoryNames: [name] })
    const answer = await this.#session.repeat({
      call,
      region,
      client: (settings) => new ECRClient(settings),
      send: (client) => client.send(command).catch(nullFor("RepositoryNotFoundException")),
    })
    if (answer === null) return null
    const tagMutability = answer.repositories?.[0]?.imageTagMutability
    if (tagMutability === undefined) throw incomplete(call)
    return { tagMutability }
  }
}

function imageIn(image: ImageDetail, call: Call): RegistryImage {
  const { imageDigest, imagePushedAt, imageTags = [], imageStatus = "ACTIVE" } = image
  if (imageDigest === undefined || imagePushedAt === undefined) throw incomplete(call)
  return { digest: imageDigest, tags: imageTags, pushedAtMs: imagePushedAt.getTime(), status: imageStatus }
}
