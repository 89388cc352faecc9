/** What opening a vector ends with. */
export const outcomes = [
  "success",
  "armor failure",
  "header failure",
  "no match",
  "HMAC failure",
  "payload failure",
  "context failure",
  "context mismatch",
  "dotenv failure",
  "version unsupported",
] as const

export type Outcome = (typeof outcomes)[number]

/** One scenario: a header in the manner of C2SP CCTV, a blank line, and the sealed file. */
export interface Vector {
  readonly expect: Outcome
  readonly comment: string
  /** Lines of the identity file. */
  readonly identities: readonly string[]
  /** What the caller expects, as with `--expect`; `null` for nothing. */
  readonly context: string | null
  /** SHA-256 of the `.env`, in hexadecimal, when it opens. */
  readonly payload: string | null
  readonly file: Uint8Array
}

export function writeVector({ expect, comment, identities, context, payload, file }: Vector): Uint8Array {
  const lines = [
    `expect: ${expect}`,
    `comment: ${comment}`,
    ...identities.map((identity) => `identity: ${identity}`),
    ...(context === null ? [] : [`context: ${context}`]),
    ...(payload === null ? [] : [`payload: ${payload}`]),
  ]
  return Buffer.concat([Buffer.from(`${lines.join("\n")}\n\n`), file])
}

/** @throws Error for an unknown, missing or repeated header line: a misspelt one must not switch a check off. */
export function readVector(bytes: Uint8Array): Vector {
  const end = Buffer.from(bytes).indexOf("\n\n")
  const fields = Buffer.from(bytes.subarray(0, end)).toString("utf8").split("\n").map(readField)
  const all = (name: string) => fields.filter((field) => field.name === name).map((field) => field.value)
  const one = (name: string): string | null => {
    const values = all(name)
    if (values.length > 1) throw new Error(`${name} stands more than once`)
    return values[0] ?? null
  }
  const expect = outcomes.find((outcome) => outcome === one("expect"))
  const comment = one("comment")
  if (expect === undefined || comment === null) throw new Error("expect or comment is missing")
  return {
    expect,
    comment,
    identities: all("identity"),
    context: one("context"),
    payload: one("payload"),
    file: bytes.subarray(end + 2),
  }
}

function readField(line: string): { name: string; value: string } {
  const [, name, value] = /^(expect|comment|identity|context|payload): (.+)$/.exec(line) ?? []
  if (name === undefined || value === undefined) throw new Error(`unknown header line: ${line}`)
  return { name, value }
}
