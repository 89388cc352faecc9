import type { Secret } from "../core/secret.ts"

/** How a value stood in the secret's JSON. `literal` is `true`, `false` or `null`; `nested` is compact JSON. */
export type ValueKind = "string" | "number" | "literal" | "nested"

/** One line of configuration: a name, and a value that cannot show itself. */
export interface Entry {
  readonly name: string
  readonly value: Secret
  readonly kind: ValueKind
}
