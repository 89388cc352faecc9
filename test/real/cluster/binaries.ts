import { join } from "node:path"

/** Where test/real/fetch-kubernetes.sh puts what it builds. */
export const kubernetesFolder = join(import.meta.dirname, "../../../.cache/kubernetes")

/** @returns the path of one of the programs that fetch-kubernetes.sh builds. */
export function kubernetesBinary(
  name:
    | "etcd"
    | "kube-apiserver"
    | "kube-controller-manager"
    | "kube-scheduler"
    | "kubectl"
    | "kubelet"
    | "kwok",
): string {
  return join(kubernetesFolder, name)
}
