import { writeFile } from "node:fs/promises"
import type { KeyPair } from "./certificates.ts"

/** How a user of a kubeconfig proves who it is. */
export type Credential =
  | { readonly kind: "certificate"; readonly pair: KeyPair }
  | { readonly kind: "token"; readonly token: string }

/** The cluster that a kubeconfig leads to. */
export interface Endpoint {
  readonly server: string
  /** Path of a PEM file. */
  readonly ca: string
}

/** The name of the cluster, the user and the context in each kubeconfig. */
export const contextName = "envseal-test"

/** Writes a kubeconfig of one context, readable by its owner alone. It is JSON, which is YAML too. */
export async function writeKubeconfig(
  path: string,
  endpoint: Endpoint,
  credential: Credential,
): Promise<void> {
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        name: contextName,
        cluster: { server: endpoint.server, "certificate-authority": endpoint.ca },
      },
    ],
    users: [{ name: contextName, user: userOf(credential) }],
    contexts: [{ name: contextName, context: { cluster: contextName, user: contextName } }],
    "current-context": contextName,
  }
  await writeFile(path, JSON.stringify(config, null, 2), { mode: 0o600 })
}

function userOf(credential: Credential): Readonly<Record<string, string>> {
  if (credential.kind === "token") return { token: credential.token }
  return { "client-certificate": credential.pair.certificate, "client-key": credential.pair.key }
}

/** The file by which the API server finds who answers its TokenReviews, in the form of a kubeconfig. */
export async function writeWebhookConfig(path: string, url: string, ca?: string): Promise<void> {
  const cluster = { server: url, ...(ca === undefined ? {} : { "certificate-authority": ca }) }
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "webhook", cluster }],
    users: [{ name: "webhook", user: {} }],
    contexts: [{ name: "webhook", context: { cluster: "webhook", user: "webhook" } }],
    "current-context": "webhook",
  }
  await writeFile(path, JSON.stringify(config, null, 2))
}
