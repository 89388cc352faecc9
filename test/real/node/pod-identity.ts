import { podIdentityPath } from "../../fake/aws/pod-identity.ts"
import { appKey, region, roleArn } from "../../fake/aws/world.ts"
import type { Manifest } from "../cluster/workloads.ts"
import { agentAddress } from "./machine.ts"
import type { PodParts } from "./workload.ts"

/** The user of images that open, as docker/Dockerfile names it. */
export const user = 10_001

/** What the envelopes of the node's images are for. */
export const expectation = "app=shop,environment=production"

/** How a pod proves who it is: what EKS puts into it for roles of service accounts, or for Pod Identity. */
export type Via = "web-identity" | "pod-identity"

const account = "app"
const tokens = {
  "web-identity": {
    folder: "/var/run/secrets/eks.amazonaws.com/serviceaccount",
    audience: "sts.amazonaws.com",
  },
  "pod-identity": {
    ...{
      folder: "/var/run/secrets/pods.eks.amazonaws.com/serviceaccount",
      audience: "pods.eks.amazonaws.com",
    },
  },
}

/** The service account of an environment whose pods open. */
export function makeServiceAccount(namespace: string): Manifest {
  return { apiVersion: "v1", kind: "ServiceAccount", metadata: { namespace, name: account } }
}

/** Its name, as a role of the fake AWS has it. */
export function serviceAccountOf(namespace: string): string {
  return `${namespace}/${account}`
}

/**
 * What the pods of docker/kubernetes have for `envseal open`, with what EKS adds, and where AWS is.
 *
 * @param role that the service account may use.
 */
export function openingParts(via: Via, role: string, awsUrl: string): PodParts {
  const { folder, audience } = tokens[via]
  const token = { serviceAccountToken: { audience, expirationSeconds: 3_600, path: "token" } }
  const memory = { medium: "Memory", sizeLimit: "16Mi" }
  const env = {
    ENVSEAL_EXPECT: expectation,
    ENVSEAL_KMS_KEY: appKey,
    AWS_REGION: region,
    AWS_ENDPOINT_URL: awsUrl,
    ...variables[via](`${folder}/token`, role),
  }
  return {
    pod: {
      serviceAccountName: account,
      securityContext: { runAsNonRoot: true, runAsUser: user, runAsGroup: user, fsGroup: user },
      volumes: [
        { name: "envseal", emptyDir: memory },
        { name: "tmp", emptyDir: memory },
        { name: "token", projected: { sources: [token] } },
      ],
    },
    container: {
      env: Object.entries(env).map(([name, value]) => ({ name, value })),
      securityContext: { readOnlyRootFilesystem: true, allowPrivilegeEscalation: false },
      terminationMessagePolicy: "FallbackToLogsOnError",
      volumeMounts: [
        { name: "envseal", mountPath: "/run/envseal" },
        { name: "tmp", mountPath: "/tmp" },
        { name: "token", mountPath: folder, readOnly: true },
      ],
    },
  }
}

const variables: Readonly<Record<Via, (token: string, role: string) => Readonly<Record<string, string>>>> = {
  "web-identity": (token, role) => ({
    AWS_ROLE_ARN: roleArn(role),
    AWS_WEB_IDENTITY_TOKEN_FILE: token,
    AWS_STS_REGIONAL_ENDPOINTS: "regional",
  }),
  "pod-identity": (token) => ({
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://${agentAddress}${podIdentityPath}`,
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: token,
  }),
}
