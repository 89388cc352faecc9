/**
 * The longest time that a command or a setting can be given, in milliseconds. Timers cannot wait for much longer than
 * 24 days: past that they would end at once.
 */
export const maxDurationMs = 48 * 3_600_000
