import { systemCode } from "./error.ts"

/** Codes of the system and of TLS for a certificate that nobody who is trusted has signed. */
const untrusted = [
  // As of a server that was made again under the same name.
  "CERT_SIGNATURE_FAILURE",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_GET_ISSUER_CERT",
]

const meanings: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection reset",
  EPIPE: "connection closed",
  ETIMEDOUT: "no answer in time",
  EHOSTUNREACH: "no route to it",
  ENETUNREACH: "no route to its network",
  ENOTFOUND: "its name is not known to DNS",
  EAI_AGAIN: "DNS does not answer",
  CERT_HAS_EXPIRED: "its certificate has expired",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is made out to another name",
}

/** True when a code says that a certificate has no signature that is trusted here. */
export function isUntrusted(code: string): boolean {
  return untrusted.includes(code)
}

const proxyCode = "PROXY_ANSWERED_"

/**
 * A proxy's answer to `CONNECT` as an error of the network, with its HTTP status in the code; `null` for 200. Nobody
 * has proven who wrote it: to whom asks, it must never look like the server's answer.
 */
export function proxyRefusal(status: number): (Error & { readonly code: string }) | null {
  if (status === 200) return null
  return Object.assign(new Error(`the proxy answered ${status}`), { code: `${proxyCode}${status}` })
}

const unreachedCode = "PROXY_UNREACHED_"

/**
 * What connecting through a proxy comes to. Until that is done nobody but the proxy was asked, and a failure of the
 * network is its own.
 *
 * @throws what connecting throws, with a code that names the proxy where there is a code of the system.
 */
export async function throughProxy<T>(connecting: Promise<T>): Promise<T> {
  try {
    return await connecting
  } catch (cause) {
    const code = systemCode(cause)
    if (code === null || !Object.hasOwn(meanings, code)) throw cause
    throw Object.assign(new Error("the proxy was not reached", { cause }), {
      code: `${unreachedCode}${code}`,
    })
  }
}

/**
 * Whether a proxy that did not connect may do so when it is asked again.
 *
 * @returns `null` for a code that is none of {@link proxyRefusal} and {@link throughProxy}.
 */
export function mayProxyConnect(code: string | null): boolean | null {
  if (code?.startsWith(unreachedCode)) return true
  return code?.startsWith(proxyCode) ? code.startsWith(`${proxyCode}5`) : null
}

/**
 * What a code of the system or of TLS means, such as `connection refused` for `ECONNREFUSED`.
 *
 * @returns `null` for one that has no words here.
 */
export function networkWords(code: string): string | null {
  if (isUntrusted(code)) return "its certificate is not trusted"
  if (code.startsWith(proxyCode)) return `the proxy answered ${code.slice(proxyCode.length)}`
  if (code.startsWith(unreachedCode)) {
    return `the proxy cannot be reached: ${networkWords(code.slice(unreachedCode.length))}`
  }
  return Object.hasOwn(meanings, code) ? (meanings[code] ?? null) : null
}
