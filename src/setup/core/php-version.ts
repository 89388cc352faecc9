/** Versions of PHP that have an official image, the one to take first of all first. */
const offered = ["8.4", "8.5", "8.3", "8.2", "8.1", "8.0", "7.4"] as const

/** The base image when nothing is known of the app. */
export const defaultBaseImage = `php:${offered[0]}-fpm`

/**
 * The official image for what an app requires of PHP.
 *
 * @param constraint as `composer.json` has it, such as `^8.2` or `>=8.1 <8.4` (Composer, "Versions and constraints").
 * @returns `null` when no version that is offered satisfies it, or it is not understood.
 */
export function baseImageFor(constraint: string): string | null {
  const version = offered.find((one) => satisfies(one, constraint))
  return version === undefined ? null : `php:${version}-fpm`
}

/** Whether some patch of a minor version is among those that a constraint lets through. */
function satisfies(version: string, constraint: string): boolean {
  const own = minorOf(version)
  return constraint.split(/\s*\|\|?\s*/).some((either) => {
    const parts = either
      .replace(/(>=?|<=?|!=|=)\s+/g, "$1")
      .trim()
      .split(/[\s,]+/)
    return parts.every((part) => rangeOf(part)?.(own) ?? false)
  })
}

/** A minor version as a number: 8.4 is 804. */
function minorOf(version: string): number {
  const [major = "0", minor = "0"] = version.split(".")
  return Number(major) * 100 + Number(minor)
}

const grammar = /^(\^|~|>=|<=|>|<|=|)v?(\d{1,2}(?:\.\d{1,2})?)(?:\.(\d{1,3}))?(?:\.\*)?$/

/** Which minor versions have a patch that a part of a constraint lets through; `null` when it is not understood. */
function rangeOf(part: string): ((minor: number) => boolean) | null {
  if (part === "*") return () => true
  const [, operator, version = "", patch] = grammar.exec(part) ?? []
  if (operator === undefined) return null
  const low = minorOf(version)
  const nextMajor = (Math.floor(low / 100) + 1) * 100
  const isMajorAlone = !version.includes(".")
  switch (operator) {
    case "^":
      return (minor) => minor >= low && minor < nextMajor
    case "~":
      return (minor) => minor >= low && (patch === undefined ? minor < nextMajor : minor === low)
    case ">=":
    case ">":
      return (minor) => minor >= low
    case "<":
      return (minor) => (patch === undefined || patch === "0" ? minor < low : minor <= low)
    case "<=":
      return (minor) => minor <= low
    default:
      return (minor) => (isMajorAlone ? minor >= low && minor < nextMajor : minor === low)
  }
}
