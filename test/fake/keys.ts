import { type Identity, parseIdentities, recipientOf } from "../../src/envelope/identity.ts"
import { parseRecipient, type Recipient } from "../../src/envelope/recipient.ts"

/** A key pair that was made for these tests. It opens nothing else, and is no secret. */
export interface TestKey {
  /** The line of an identity file. */
  readonly line: string
  readonly identity: Identity
  readonly recipient: Recipient
}

async function testKey(name: string, line: string): Promise<TestKey> {
  const [identity] = parseIdentities(line, name).identities
  if (identity === undefined) throw new Error(`${name} has no identity`)
  return { line, identity, recipient: parseRecipient(await recipientOf(identity), name) }
}

const aliceLine = "AGE-SECRET-KEY-1TGWQQ0H5ZV7EN6MXP63R8UCCYKNQR5DA00E237ETEUFDKY0QKVTSCZZ7TM"
const bobLine = "AGE-SECRET-KEY-1DF7L8GYAXHYFD9X5K0LDS2YLSKTE7LDTH5G0Y87FQC4ALK0KLH5S7XPZKJ"
const carolLine = "AGE-SECRET-KEY-1ZFJKZ4HS4R8EQK55CJ95UWLXTLN5X079HV4TH20S3CTYG80KHSZQYE0MG4"
const quinnLine = "AGE-SECRET-KEY-PQ-1XXQ6PNNQ3CXF4LFXA830GJGKTD9TF8DALXFFDT09SY5SJ4E2K89SZ423LR"

export const alice = await testKey("alice", aliceLine)
export const bob = await testKey("bob", bobLine)
/** Nothing is ever sealed for Carol. */
export const carol = await testKey("carol", carolLine)
/** Has a post-quantum key. */
export const quinn = await testKey("quinn", quinnLine)
