import type { JsonPatchStep } from "../../core/kubernetes.ts"

/**
 * Whether an object is as a patch would leave it: then a patch whose answer was lost need not be sent again. What
 * was added beside it does not matter, and `test` steps, which are about the state before, do not count.
 */
export function isPatched(object: unknown, steps: readonly JsonPatchStep[]): boolean {
  return steps.every(({ op, path, value }) => {
    if (op === "test") return true
    const found = valueAt(object, path)
    return op === "remove" ? found === undefined : contains(found, value)
  })
}

/** @returns what a JSON pointer (RFC 6901) leads to, `undefined` when there is nothing. */
export function valueAt(object: unknown, pointer: string): unknown {
  const steps = pointer.split("/").slice(1)
  return steps.reduce<unknown>((at, step) => {
    if (typeof at !== "object" || at === null) return undefined
    const name = step.replaceAll("~1", "/").replaceAll("~0", "~")
    return Object.hasOwn(at, name) ? Reflect.get(at, name) : undefined
  }, object)
}

/** Whether a value is as wanted; objects may have more members than that. */
export function contains(found: unknown, wanted: unknown): boolean {
  if (typeof found !== "object" || found === null || typeof wanted !== "object" || wanted === null)
    return Object.is(found, wanted)
  if (Array.isArray(found) !== Array.isArray(wanted)) return false
  if (Array.isArray(found) && Array.isArray(wanted) && found.length !== wanted.length) return false
  return Object.entries(wanted).every(([name, value]) => contains(Reflect.get(found, name), value))
}
