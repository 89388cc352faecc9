import type { Here } from "../../src/core/moment.ts"

/** A reader in UTC, four minutes after the releases of these tests. */
export const here: Here = { nowMs: Date.parse("2026-01-02T03:08:05.678Z"), offsetMinutes: () => 0 }
