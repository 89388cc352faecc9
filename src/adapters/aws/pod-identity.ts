import {
  DescribeAddonCommand,
  DescribeClusterCommand,
  DescribePodIdentityAssociationCommand,
  EKSClient,
  ListPodIdentityAssociationsCommand,
} from "@aws-sdk/client-eks"
import { EnvsealError } from "../../core/error.ts"
import type { ClusterSetup, PodIdentities, PodIdentity } from "../../ports/account.ts"
import type { Call } from "./call.ts"
import type { Credentials } from "./credentials.ts"
import { AwsSession, type ClientSettings, incomplete } from "./session.ts"
import type { AwsSettings } from "./settings.ts"

const agentName = "eks-pod-identity-agent"

/** Amazon EKS: `ListPodIdentityAssociations`, which names no role, `DescribePodIdentityAssociation`, and how a cluster is. */
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

  async agent(cluster: string): Promise<string | null> {
    const request = this.#requestFor("eks:DescribeAddon", cluster)
    const command = { clusterName: cluster, addonName: agentName }
    try {
      const { addon } = await this.#session.repeat({
        ...request,
        send: (client) => client.send(new DescribeAddonCommand(command)),
      })
      if (addon?.status === undefined) throw incomplete(request.call)
      return addon.status
    } catch (error) {
      // EKS has one code for a cluster and an add-on that are not there; this cluster has answered before.
      if (error instanceof EnvsealError && error.code === "WRONG_CLUSTER") return null
      throw error
    }
  }

  async setup(name: string): Promise<ClusterSetup> {
    const request = this.#requestFor("eks:DescribeCluster", name)
    const { cluster } = await this.#session.repeat({
      ...request,
      send: (client) => client.send(new DescribeClusterCommand({ name })),
    })
    if (cluster === undefined) throw incomplete(request.call)
    return {
      authenticationMode: cluster.accessConfig?.authenticationMode ?? null,
      isAuto: cluster.computeConfig?.enabled === true,
    }
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
