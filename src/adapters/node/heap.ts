import { setFlagsFromString } from "node:v8"

/**
 * Keeps the space for short-lived objects at its first size. V8 would enlarge it again and again under a long
 * stream of them, to hundreds of megabytes of garbage. Bun, which has no V8, takes no notice.
 */
export function keepHeapSmall(): void {
  setFlagsFromString("--semi-space-growth-factor=1")
}
