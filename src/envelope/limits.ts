/**
 * What an envelope's header may cost. Anyone can write a header, and all of it is read before a key is used, so each
 * figure is far above what seal writes and far below what would hold a pod (docs/format.md, "Limits").
 */
export const maxHeaderBytes = 1_048_576

/** The most stanzas of all types together, unknown ones included. */
export const maxStanzas = 1_024

/** The most stanzas of one type, where each costs a computation or a request. */
export const maxStanzasOfType: Readonly<Record<string, number>> = {
  X25519: 256,
  mlkem768x25519: 32,
  "envseal/aws-kms": 64,
}
