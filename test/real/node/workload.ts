import type { Manifest } from "../cluster/workloads.ts"

/** What a pod names to pull with {@link makePullSecret}. */
export const pullSecret = "registry"

/** One pod of a container `app`, whose command is its image's. */
export interface NodeWorkload {
  readonly namespace: string
  readonly name: string
  readonly image: string
  /** Whether the kubelet asks if it is ready. */
  readonly probed: boolean
  /** What pod and container have more. */
  readonly more?: PodParts
}

/** Fields of a pod's specification, and of its container. */
export interface PodParts {
  readonly pod: Readonly<Record<string, unknown>>
  readonly container: Readonly<Record<string, unknown>>
}

export function makeNodeDeployment({ namespace, name, image, probed, more }: NodeWorkload): Manifest {
  const labels = { app: name }
  const probe = { exec: { command: ["test", "-e", "/tmp/ready"] }, periodSeconds: 1 }
  const container = { name: "app", image, ...(probed && { readinessProbe: probe }), ...more?.container }
  const pod = {
    ...{ automountServiceAccountToken: false, enableServiceLinks: false, terminationGracePeriodSeconds: 2 },
    ...{ imagePullSecrets: [{ name: pullSecret }], containers: [container], ...more?.pod },
  }
  return {
    ...{ apiVersion: "apps/v1", kind: "Deployment", metadata: { namespace, name, labels } },
    spec: { replicas: 1, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: pod } },
  }
}

/** What lets the kubelet pull from a host of images, as the node's role does with ECR. */
export function makePullSecret(namespace: string, host: string, auth: string): Manifest {
  const config = JSON.stringify({ auths: { [host]: { auth } } })
  return {
    ...{ apiVersion: "v1", kind: "Secret", metadata: { namespace, name: pullSecret } },
    ...{ type: "kubernetes.io/dockerconfigjson", stringData: { ".dockerconfigjson": config } },
  }
}
