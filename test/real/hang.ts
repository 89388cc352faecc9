/**
 * What takes longer hangs: the limit of every wait for a program of somebody else, in milliseconds. No machine that is
 * only slow or busy comes near it. A test's own limit is longer (`vitest.real.config.ts`), so that a failure names what
 * was waited for.
 */
export const hangMs = 540_000
