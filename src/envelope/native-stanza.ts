import { decodeBase64 } from "./base64.ts"

interface StanzaShape {
  readonly type: string
  readonly args: readonly string[]
  readonly body: Uint8Array
}

const wrappedFileKeyBytes = 32
const x25519ShareBytes = 32
const hybridShareBytes = 1120

/**
 * What is wrong with the shape of one of age's own stanzas, or `null`; stanzas of other types are never
 * wrong. Checked before any key is used, so that what age-encryption refuses later is cryptography alone
 * (C2SP age.md, "Native recipient types").
 */
export function nativeFault(stanza: StanzaShape, stanzaCount: number): string | null {
  switch (stanza.type) {
    case "X25519":
      return shapeFault(stanza, x25519ShareBytes)
    case "mlkem768x25519":
      return shapeFault(stanza, hybridShareBytes)
    case "scrypt":
      return scryptFault(stanza, stanzaCount)
    default:
      return null
  }
}

function shapeFault({ type, args, body }: StanzaShape, shareBytes: number): string | null {
  const [share, ...others] = args
  if (share === undefined || others.length > 0) return `its ${type} stanza does not have one argument`
  if (decodeBase64(share)?.length !== shareBytes)
    return `its ${type} stanza has no share of ${shareBytes} bytes`
  if (body.length !== wrappedFileKeyBytes) return `its ${type} stanza has no file key of 16 bytes`
  return null
}

function scryptFault({ args, body }: StanzaShape, stanzaCount: number): string | null {
  if (stanzaCount !== 1) return "its scrypt stanza is not alone"
  const [salt, workFactor, ...others] = args
  if (others.length > 0 || decodeBase64(salt ?? "")?.length !== 16)
    return "its scrypt stanza has no sound salt"
  if (!/^[1-9][0-9]?$/.test(workFactor ?? "") || Number(workFactor) > 22) {
    return "its scrypt stanza has no sound work factor"
  }
  return body.length === wrappedFileKeyBytes ? null : "its scrypt stanza has no file key of 16 bytes"
}
