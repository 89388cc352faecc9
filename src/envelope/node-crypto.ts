/** Hash functions and ciphers of Node, loaded at once. Bun takes milliseconds for that, and needs none of it. */
export const nodeCrypto = () => process.getBuiltinModule("node:crypto")
