/** What `open --stdout` goes through, in its order; each is measured with all before it. */
export const stages = [
  "process, runtime and bytecode",
  "the modules of the program",
  "the C library",
  "the command and its options",
  "log, deadline, files",
  "the envelope read, its header and context checked",
  "the identity read",
  "the file key: X25519, HKDF, ChaCha20-Poly1305",
  "the header's MAC",
  "the payload, and the .env in it",
  "written",
] as const

export type Stage = (typeof stages)[number]
