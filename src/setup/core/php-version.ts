import type { OctaneServer } from "./octane.ts"

/** Versions of PHP that have an official image, the one to take first of all first. */
const offered = ["8.4", "8.5", "8.3", "8.2", "8.1", "8.0", "7.4"] as const

/** Those of them that FrankenPHP has images with (FrankenPHP, "Building a custom Docker image"). */
const offeredByFrankenPhp: readonly string[] = ["8.4", "8.5", "8.3", "8.2"]

/** Docker's official images at AWS. Docker Hub turns builds of CodeBuild away when their address has asked too often. */
const publicRegistry = "public.ecr.aws/docker/library"

/** The base image when nothing is known of the app. */
export function defaultBaseImage(server: OctaneServer | null = null): string {
  return imageOf(offered[0], server)
}

/**
 * The official image for what an app and its packages require of PHP.
 *
 * @param constraints as `composer.json` has them, such as `^8.2` or `>=8.1 <8.4` (Composer, "Versions and constraints").
 * What is not understood of those after the first does not count.
 * @param server what answers requests in it; `null` for php-fpm.
 * @returns `null` when no version that is offered satisfies them, or the first is not understood.
 */
export function baseImageFor(
  [first = "*", ...others]: readonly string[],
  server: OctaneServer | null = null,
): string | null {
  const versions = offered.filter((one) => server !== "frankenphp" || offeredByFrankenPhp.includes(one))
  const known = [first, ...others.filter((one) => offered.some((version) => satisfies(version, one)))]
  const version = versions.find((one) => known.every((constraint) => satisfies(one, constraint)))
  return version === undefined ? null : imageOf(version, server)
}

function imageOf(version: string, server: OctaneServer | null): string {
  if (server === "frankenphp") return `docker.io/dunglas/frankenphp:1-php${version}`
  return `${publicRegistry}/php:${version}-${server === null ? "fpm" : "cli"}`
}

/** A longer constraint is not understood: reading one takes a time that grows with its square. */
const longest = 1_000

/** Whether some patch of a minor version is among those that a constraint lets through. */
function satisfies(version: string, constraint: string): boolean {
  if (constraint.length > longest) return false
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
