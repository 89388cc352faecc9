import type { Stage } from "./stage-names.ts"

// Compiled as the binary is, and started with the name of the stage after which it ends. All is imported where `open`
// comes to it, and used, or the bundler would leave it out.
const [, , last] = process.argv
function end(stage: Stage): void {
  if (stage === last) process.exit(0)
}
const paths = { envelope: ".env.sealed", identity: "key.txt" }

end("process, runtime and bytecode")
const { main } = await import("../../../src/cli/main.ts")
if (typeof main !== "function") throw new Error("there is no program")
end("the modules of the program")
const { existsSync } = await import("../../../src/adapters/system/file-calls.ts")
existsSync(paths.envelope)
end("the C library")
const { openOptions } = await import("../../../src/open/command/open.ts")
const { readPlainly } = await import("../../../src/cli/option-spec.ts")
const read = readPlainly(openOptions, ["-q", "-i", paths.identity, "--expect", "app=shop", "--stdout"])
end("the command and its options")
const { startSession } = await import("../../../src/cli/session.ts")
const { ports } = await startSession(read as unknown as Parameters<typeof startSession>[0])
end("log, deadline, files")
const { readEnvelopeFile, openEnvelope } = await import("../../../src/open/run/open-envelope.ts")
const { checkExpectation } = await import("../../../src/envelope/context.ts")
const envelope = await readEnvelopeFile(paths.envelope, ports)
checkExpectation(envelope.claims.context, { app: "shop" }, envelope.name)
end("the envelope read, its header and context checked")
const { findIdentities } = await import("../../../src/open/run/identities.ts")
const [identity] = (await findIdentities([paths.identity], ports)) ?? []
end("the identity read")
const { decodeIdentity } = await import("../../../src/envelope/age-key.ts")
const { decodeBase64 } = await import("../../../src/envelope/base64.ts")
const { x25519Key, unwrapX25519 } = await import("../../../src/envelope/x25519.ts")
const key = await x25519Key(decodeIdentity(identity?.key.reveal() ?? "")?.bytes ?? new Uint8Array())
const { args = [], body = new Uint8Array() } = envelope.stanzas.find(({ type }) => type === "X25519") ?? {}
const fileKey = await unwrapX25519(key, decodeBase64(args[0] ?? "") ?? new Uint8Array(), body)
if (fileKey === null || fileKey === "low order") throw new Error("the identity opens nothing")
end("the file key: X25519, HKDF, ChaCha20-Poly1305")
const { checkFileKey } = await import("../../../src/envelope/open.ts")
checkFileKey(envelope, fileKey)
end("the header's MAC")
const { text } = await openEnvelope(envelope, fileKey)
end("the payload, and the .env in it")
const { writeStdout } = await import("../../../src/adapters/node/standard-streams.ts")
writeStdout(text.reveal())
end("written")
