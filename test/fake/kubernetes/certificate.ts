import { generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto"
import { isIPv4 } from "node:net"
import {
  bitString,
  boolean,
  context,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  setOf,
  utcTime,
  utf8String,
} from "./der.ts"

/** A certificate and its key, in PEM. */
export interface Credential {
  readonly certificate: string
  readonly key: string
}

/** Whom a certificate is for: a server by its names, or a user of Kubernetes. */
export type Bearer =
  | { readonly serverNames: readonly string[] }
  | { readonly user: string; readonly groups: readonly string[] }

interface Contents {
  readonly subject: Buffer
  readonly publicKey: KeyObject
  readonly extensions: readonly Buffer[]
  readonly validMs: number
}

const dayMs = 24 * 60 * 60 * 1000
const signatureAlgorithm = sequence(objectIdentifier("1.2.840.10045.4.3.2"))

/** A certificate authority of its own, with keys on P-256, which nobody trusts but who is told to. */
export class Authority {
  /** Its own certificate, in PEM. */
  readonly certificate: string
  readonly #key: KeyObject
  readonly #name = nameOf([], "fake-kubernetes-ca")

  constructor() {
    const { privateKey, publicKey } = newKeys()
    this.#key = privateKey
    this.certificate = this.#sign({
      subject: this.#name,
      publicKey,
      extensions: [
        extension("2.5.29.19", true, sequence(boolean(true))),
        extension("2.5.29.15", true, bitString(Buffer.of(0b0000_0110), 1)),
      ],
      validMs: dayMs,
    })
  }

  /** @param validMs from now on; negative for one that has expired */
  issue(bearer: Bearer, validMs = dayMs): Credential {
    const { privateKey, publicKey } = newKeys()
    const certificate = this.#sign({ ...contentsOf(bearer), publicKey, validMs })
    return { certificate, key: privateKey.export({ type: "pkcs8", format: "pem" }).toString() }
  }

  // RFC 5280, 4.1. Valid since a while ago, so that a clock that is behind does not matter.
  #sign({ subject, publicKey, extensions, validMs }: Contents): string {
    const now = Date.now()
    const body = sequence(
      context(0, integer(Buffer.of(2))),
      integer(Buffer.concat([Buffer.of(1), randomBytes(15)])),
      signatureAlgorithm,
      this.#name,
      sequence(utcTime(now - dayMs), utcTime(now + validMs)),
      subject,
      publicKey.export({ type: "spki", format: "der" }),
      context(3, sequence(...extensions)),
    )
    const signature = sign("sha256", body, this.#key)
    return pem(sequence(body, signatureAlgorithm, bitString(signature)))
  }
}

function newKeys() {
  return generateKeyPairSync("ec", { namedCurve: "P-256" })
}

function contentsOf(bearer: Bearer): Pick<Contents, "subject" | "extensions"> {
  if ("user" in bearer) {
    return { subject: nameOf(bearer.groups, bearer.user), extensions: [usage("1.3.6.1.5.5.7.3.2")] }
  }
  const names = sequence(...bearer.serverNames.map(alternativeName))
  return {
    subject: nameOf([], "fake-kubernetes"),
    extensions: [usage("1.3.6.1.5.5.7.3.1"), extension("2.5.29.17", false, names)],
  }
}

function usage(purpose: string): Buffer {
  return extension("2.5.29.37", false, sequence(objectIdentifier(purpose)))
}

function extension(id: string, critical: boolean, value: Buffer): Buffer {
  return sequence(objectIdentifier(id), ...(critical ? [boolean(true)] : []), octetString(value))
}

function alternativeName(name: string): Buffer {
  if (isIPv4(name)) return context(7, Buffer.from(name.split(".").map(Number)), true)
  return context(2, Buffer.from(name), true)
}

// Kubernetes reads groups from organizations, and the user from the common name.
function nameOf(organizations: readonly string[], commonName: string): Buffer {
  const attribute = (id: string, value: string) => setOf(sequence(objectIdentifier(id), utf8String(value)))
  return sequence(
    ...organizations.map((name) => attribute("2.5.4.10", name)),
    attribute("2.5.4.3", commonName),
  )
}

function pem(der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`
}
