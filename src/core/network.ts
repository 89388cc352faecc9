/** Codes of the system and of TLS for a certificate that nobody who is trusted has signed. */
const untrusted = [
  // As of a server that was made anew under the name that it had.
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

/**
 * What a code of the system or of TLS means, such as `connection refused` for `ECONNREFUSED`.
 *
 * @returns `null` for one that has no words here.
 */
export function networkWords(code: string): string | null {
  if (isUntrusted(code)) return "its certificate is not trusted"
  return Object.hasOwn(meanings, code) ? (meanings[code] ?? null) : null
}
