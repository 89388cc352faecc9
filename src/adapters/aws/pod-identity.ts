import {
  DescribePodIdentityAssociationCommand,
  EKSClient,
  ListPodIdentityAssociationsCommand,
} from "@aws-sdk/client-eks"
import type { PodIdentities, PodIdentity } from "../../ports/account.ts"
import type { Call } from "./call.ts"
import type { Credentials } from "./credentials.ts"
import { AwsSession, type ClientSettings, incomplete } from "./session.ts"
import type { AwsSettings } from "./settings.ts"

/** Amazon EKS: `ListPodIdentityAssociations`, which names no role, and `DescribePodIdentityAssociation`. */
export class AwsPodIdentities implements PodIdentities {
  readonly #session: AwsSession
  readonly #region: string

  /** @param region where the clusters are. */
  constructor(region: string, settings: AwsSettings, credentials: Credentials) {
    this.#region = region
    this.#session = new AwsSession(settings, credentials)
  }

  async find(cluster: string, namespace: string, serviceAccount: string): Promise<PodIdentity | null> {
    const id = await this.#idOf(cluster, namespace, serviceAccount)
    if (id === null) return null
    const request = this.#requestFor("eks:DescribePodIdentityAssociation", cluster)
    const command = { clusterName: cluster, associationId: id }
    const { association } = await this.#session.repeat({
      ...request,
      send: (client) => client.send(new DescribePodIdentityAssociationCommand(command)),
    })
    if (association?.roleArn === undefined) throw incomplete(request.call)
    return { id, role: association.roleArn }
  }

  async #idOf(clusterName: string, namespace: string, serviceAccount: string): Promise<string | null> {
    const request = this.#requestFor("eks:ListPodIdentityAssociations", clusterName)
    const command = { clusterName, namespace, serviceAccount }
    const { associations = [] } = await this.#session.repeat({
      ...request,
      send: (client) => client.send(new ListPodIdentityAssociationsCommand(command)),
    })
    const [association] = associations
    if (association === undefined) return null
    if (association.associationId === undefined) throw incomplete(request.call)
    return association.associationId
  }

  #requestFor(action: Call["action"], cluster: string) {
    const call: Call = { service: "EKS", action, resource: cluster }
    const client = (settings: ClientSettings) => new EKSClient(settings)
    return { call, region: this.#region, client }
  }
}
