import type { Right } from "../../ports/cluster.ts"
import type { ApiClient } from "./client.ts"

interface SelfSubjectReview {
  readonly status?: { readonly userInfo?: { readonly username?: string } }
}

interface SelfSubjectAccessReview {
  readonly status?: { readonly allowed?: boolean }
}

/** @returns the user that the API server takes the caller for (authentication.k8s.io/v1, SelfSubjectReview); may be empty. */
export async function whoAmI(client: ApiClient): Promise<string> {
  const resource = { group: "authentication.k8s.io", resource: "selfsubjectreviews" }
  const review = await client.sendForObject<SelfSubjectReview>({
    right: { verb: "create", ...resource, name: null },
    namespace: null,
    body: { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" },
  })
  return review.status?.userInfo?.username ?? ""
}

/** Whether the caller has a right in the namespace (authorization.k8s.io/v1, SelfSubjectAccessReview). */
export async function mayDo(
  client: ApiClient,
  namespace: string,
  { verb, group, resource: path, name }: Right,
): Promise<boolean> {
  const [resource, subresource] = path.split("/")
  const attributes = { namespace, verb, group, resource, subresource, name: name ?? undefined }
  const kind = { group: "authorization.k8s.io", resource: "selfsubjectaccessreviews" }
  const review = await client.sendForObject<SelfSubjectAccessReview>({
    right: { verb: "create", ...kind, name: null },
    namespace: null,
    body: {
      apiVersion: "authorization.k8s.io/v1",
      kind: "SelfSubjectAccessReview",
      spec: { resourceAttributes: attributes },
    },
  })
  return review.status?.allowed === true
}
