import { createSecureContext } from "node:tls"
import { systemCode } from "../../core/error.ts"
import { printable } from "../../core/text.ts"
import type { ClusterCredential } from "../../ports/cluster.ts"
import { type KubeconfigEntry, pathIn, readKubeconfigText, textOf, wrongEntry } from "./kubeconfig-file.ts"

/**
 * A certificate or key of an entry: in base64 in the member whose name ends in `-data`, which goes first as for
 * kubectl, or in the file that `name` names.
 *
 * @returns `null` when there is neither.
 * @throws EnvsealError `KUBECONFIG_MALFORMED`.
 */
export function pemOf(entry: KubeconfigEntry, name: string): string | null {
  const data = textOf(entry.fields, `${name}-data`)
  if (data !== null) return checked(entry, `${name}-data`, decoded(entry, `${name}-data`, data))
  const path = textOf(entry.fields, name)
  if (path === null) return null
  const text = readKubeconfigText(pathIn(entry, path))
  if (text !== null) return checked(entry, name, text)
  const what = `${name} of ${printable(entry.name)} is ${printable(path)}, which does not exist`
  throw wrongEntry(entry, what)
}

/** A user's own certificate and key; neither when there are none. @throws EnvsealError `KUBECONFIG_MALFORMED`. */
export function clientCertificateOf(user: KubeconfigEntry): ClusterCredential {
  const certificate = pemOf(user, "client-certificate")
  const key = pemOf(user, "client-key")
  if (certificate === null && key === null) return {}
  const pair = `client-certificate and client-key of ${printable(user.name)}`
  if (certificate === null || key === null) throw wrongEntry(user, `${pair} must be there both`)
  try {
    createSecureContext({ cert: certificate, key })
  } catch (error) {
    throw wrongEntry(user, `${pair} cannot be used together (${systemCode(error)})`)
  }
  return { certificate, key }
}

function decoded(entry: KubeconfigEntry, name: string, data: string): string {
  const text = data.replace(/\s/g, "")
  if (/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return Buffer.from(text, "base64").toString("utf8")
  throw wrongEntry(entry, `${name} of ${printable(entry.name)} is not base64`)
}

function checked(entry: KubeconfigEntry, name: string, text: string): string {
  if (text.includes("-----BEGIN ")) return text
  throw wrongEntry(entry, `${name} of ${printable(entry.name)} is not in PEM`)
}
