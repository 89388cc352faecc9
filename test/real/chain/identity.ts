import { podIdentityAudience, podIdentityPath } from "../../fake/aws/pod-identity.ts"
import { region } from "../../fake/aws/world.ts"
import type { Manifest } from "../cluster/workloads.ts"
import { agentAddress } from "../node/machine.ts"

const name = "eks-pod-identity"
const volume = "eks-pod-identity-token"
const folder = "/var/run/secrets/pods.eks.amazonaws.com/serviceaccount"
const group = "admissionregistration.k8s.io/v1"

/**
 * What EKS has in each cluster: it gives pods of an associated service account a token, and says where the agent is
 * (EKS user guide, "Understand how EKS Pod Identity works"). Here it also says where AWS is.
 *
 * @param serviceAccount `NAMESPACE/NAME`.
 * @param endpoint URL of AWS.
 */
export function podIdentity(serviceAccount: string, endpoint: string): readonly Manifest[] {
  const [namespace, accountName] = serviceAccount.split("/")
  const isAssociated = `request.namespace == '${namespace}' && object.spec.serviceAccountName == '${accountName}'`
  return [
    {
      ...{ apiVersion: group, kind: "MutatingAdmissionPolicy", metadata: { name } },
      spec: {
        matchConstraints: {
          resourceRules: [
            { apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] },
          ],
        },
        matchConditions: [{ name: "associated", expression: isAssociated }],
        ...{ failurePolicy: "Fail", reinvocationPolicy: "Never" },
        mutations: [
          { patchType: "JSONPatch", jsonPatch: { expression: addVolume } },
          { patchType: "ApplyConfiguration", applyConfiguration: { expression: changeContainers(endpoint) } },
        ],
      },
    },
    {
      ...{ apiVersion: group, kind: "MutatingAdmissionPolicyBinding", metadata: { name } },
      spec: { policyName: name },
    },
  ]
}

const addVolume = `[JSONPatch{op: "add", path: "/spec/volumes/-", value: Object.spec.volumes{
  name: "${volume}",
  projected: Object.spec.volumes.projected{sources: [Object.spec.volumes.projected.sources{
    serviceAccountToken: Object.spec.volumes.projected.sources.serviceAccountToken{
      audience: "${podIdentityAudience}", expirationSeconds: 86400, path: "${volume}"
    }
  }]}
}}]`

function changeContainers(endpoint: string): string {
  const variables = {
    AWS_STS_REGIONAL_ENDPOINTS: "regional",
    AWS_DEFAULT_REGION: region,
    AWS_REGION: region,
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://${agentAddress}${podIdentityPath}`,
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: `${folder}/${volume}`,
    AWS_ENDPOINT_URL: endpoint,
  }
  const changed = (list: string) => {
    const env = Object.entries(variables)
      .map(([key, value]) => `Object.spec.${list}.env{name: "${key}", value: "${value}"}`)
      .join(", ")
    const mount = `Object.spec.${list}.volumeMounts{name: "${volume}", mountPath: "${folder}", readOnly: true}`
    return `object.spec.${list}.map(one, Object.spec.${list}{name: one.name, env: [${env}], volumeMounts: [${mount}]})`
  }
  return `Object{spec: Object.spec{
    containers: ${changed("containers")},
    initContainers: has(object.spec.initContainers) ? ${changed("initContainers")} : []
  }}`
}
