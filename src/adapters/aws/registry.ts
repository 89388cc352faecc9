import { DescribeImagesCommand, DescribeRepositoriesCommand, ECRClient } from "@aws-sdk/client-ecr"
import type { RegistryImage } from "../../core/build.ts"
import type { Registry, RepositoryDescription, RepositoryInspector } from "../../ports/registry.ts"
import { nullFor } from "./answer.ts"
import type { Call } from "./call.ts"
import type { Credentials } from "./credentials.ts"
import { ecrRepository, parseEcrRepository } from "./ecr-repository.ts"
import { AwsSession, incomplete } from "./session.ts"
import type { AwsSettings } from "./settings.ts"

/** Amazon ECR: one `DescribeImages` for each image, of whatever status, and one `DescribeRepositories`. */
export class AwsRegistry implements Registry, RepositoryInspector {
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
    if (image === undefined) return null
    const { imageDigest, imagePushedAt, imageTags = [], imageStatus = "ACTIVE" } = image
    if (imageDigest === undefined || imagePushedAt === undefined) throw incomplete(call)
    return { digest: imageDigest, tags: imageTags, pushedAtMs: imagePushedAt.getTime(), status: imageStatus }
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
