import { chmod, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { tokenPath } from "./token-request.ts"

/** How somebody says who they are: in the kubeconfig itself, in a file beside it, or by a plugin that is run. */
export type Way = "token" | "token-file" | "certificate" | "certificate-files" | "exec"

/** What a kubeconfig is made of. */
export interface Access {
  readonly server: string
  readonly ca: string
  readonly user: string
  readonly namespace: string
  readonly way: Way
  readonly token: string
  readonly certificate: string
  readonly key: string
}

/**
 * Writes a kubeconfig with one context, `fake`, and what belongs to it, into a folder.
 *
 * @returns its path.
 */
export async function writeKubeconfig(folder: string, access: Access): Promise<string> {
  const path = join(folder, "kubeconfig")
  const { server, ca, user, namespace } = access
  const config = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "fake",
    clusters: [{ name: "fake", cluster: { server, "certificate-authority-data": base64(ca) } }],
    contexts: [{ name: "fake", context: { cluster: "fake", user, namespace } }],
    users: [{ name: user, user: await ways[access.way](folder, access) }],
  }
  await writeFile(path, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 })
  return path
}

const ways: Readonly<Record<Way, (folder: string, access: Access) => Promise<unknown>>> = {
  token: async (_, { token }) => ({ token }),
  "token-file": async (folder, { token }) => ({ tokenFile: await file(folder, "token", token) }),
  certificate: async (_, { certificate, key }) => ({
    "client-certificate-data": base64(certificate),
    "client-key-data": base64(key),
  }),
  "certificate-files": async (folder, { certificate, key }) => ({
    "client-certificate": await file(folder, "client.crt", certificate),
    "client-key": await file(folder, "client.key", key),
  }),
  exec: async (folder, access) => ({
    exec: {
      apiVersion: "client.authentication.k8s.io/v1",
      command: await plugin(folder, access),
      args: ["get-token", access.user],
      env: [{ name: "FAKE_KUBERNETES", value: access.server }],
      interactiveMode: "Never",
      provideClusterInfo: true,
    },
  }),
}

// A program that asks the fake for a token, as `aws eks get-token` asks AWS.
async function plugin(folder: string, { ca }: Access): Promise<string> {
  const path = join(folder, "get-token.mjs")
  const text = `#!${process.execPath}
import { request } from "node:https"
const url = process.env.FAKE_KUBERNETES + ${JSON.stringify(tokenPath)} + encodeURIComponent(process.argv[3])
const sent = request(url, { method: "POST", ca: ${JSON.stringify(ca)} }, (answer) => answer.pipe(process.stdout))
sent.end(process.env.KUBERNETES_EXEC_INFO ?? "")
`
  await writeFile(path, text)
  await chmod(path, 0o755)
  return path
}

async function file(folder: string, name: string, text: string): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, text, { mode: 0o600 })
  return path
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64")
}
