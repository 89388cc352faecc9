/** What of Bun's own object is used. */
interface BunRuntime {
  readonly unsafe: { setJITPolicy(factor: number): void }
}

/** How much later than by default a command compiles to machine code: most end before it pays. */
const laterBy = 10

/**
 * Has the binary compile to machine code what runs often. It starts with a policy under which next to nothing is
 * compiled, because `open` ends before its second thread would be of use. Node has no such policy.
 */
export function compileOften(): void {
  const { Bun: bun } = globalThis as { readonly Bun?: BunRuntime }
  bun?.unsafe.setJITPolicy(laterBy)
}
