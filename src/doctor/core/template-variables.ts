import type { EnvironmentSettings } from "../../config/settings.ts"
import { type Container, type PodTemplate, podTemplateOf, type Workload } from "../../core/kubernetes.ts"
import { printable } from "../../core/text.ts"
import { allContainers } from "../../deploy/core/pods.ts"
import { formatContext } from "../../envelope/context.ts"
import { isSameKey } from "../../envelope/kms-key.ts"
import { type Finding, type LinkSubject, no, ok, unchecked } from "./finding.ts"
import { openingOf } from "./recipe/opening.ts"
import { kubectl, type Remedy } from "./remedy.ts"

/** The variables of a container that say what it may open. */
export const expectVariable = "ENVSEAL_EXPECT"
export const pinVariable = "ENVSEAL_KMS_KEY"

/** What a container's template says of a variable. */
export type Said =
  | { readonly type: "value"; readonly text: string }
  | { readonly type: "missing" }
  /** It comes from a ConfigMap or a Secret, which are not read. */
  | { readonly type: "elsewhere" }

/** @returns what the template gives to the container under that name. */
export function saidOf({ env, envFrom }: Container, name: string): Said {
  // Of several, Kubernetes takes the last.
  const entry = listOf(env).findLast((one) => one["name"] === name)
  if (entry === undefined) return { type: listOf(envFrom).length > 0 ? "elsewhere" : "missing" }
  const { value } = entry
  return typeof value === "string" ? { type: "value", text: value } : { type: "elsewhere" }
}

/** Whether `envseal open` runs in it, as far as the template tells: the image's own entry point does. */
export function opens({ command, args }: Container): boolean {
  const words = wordsIn(command)
  if (words.length === 0) return true
  const { answer } = openingOf([...words, ...wordsIn(args)], () => null)
  return answer === "opens" || (answer === "unclear" && words.some((word) => word.includes("envseal")))
}

function wordsIn(list: unknown): readonly string[] {
  return Array.isArray(list) ? list.map(String) : []
}

/** Containers of the template by these names in which `envseal open` runs. */
function openingContainers(template: PodTemplate, names: readonly string[]): readonly Container[] {
  return allContainers(template).filter((container) => names.includes(container.name) && opens(container))
}

/** Whether an expectation is just that of the context, in any order. */
export function isExpectation(text: string, context: Readonly<Record<string, string>>): boolean {
  return text.split(",").sort().join(",") === formatContext(context).split(",").sort().join(",")
}

/** Whether a pin names just these keys. */
export function isPin(text: string, pins: readonly string[]): boolean {
  const named = text.split(",").map((one) => one.trim())
  const within = (some: readonly string[], others: readonly string[]) =>
    some.every((one) => others.some((other) => isSameKey(one, other)))
  return within(named, pins) && within(pins, named)
}

/**
 * Whether the pod template says what its pods may open: an image could say anything of itself.
 *
 * @param targets the containers that get the image.
 * @param pins ARNs of the keys that may have wrapped it; none when they are not known.
 */
export function judgeVariables(
  settings: EnvironmentSettings,
  [expect, pin]: readonly [LinkSubject, LinkSubject],
  workload: Workload,
  targets: readonly string[],
  pins: readonly string[],
): readonly Finding[] {
  const containers = openingContainers(podTemplateOf(workload), targets)
  return [
    judgeVariable(settings, expect, containers, expectationIn(settings)),
    judgePin(settings, pin, pins, (variable) => judgeVariable(settings, pin, containers, variable)),
  ]
}

/** A variable of a container, and what it should be. */
export interface Variable {
  readonly name: string
  readonly wanted: string
  fits(text: string): boolean
}

/** What an environment's containers expect. */
export function expectationIn({ context }: EnvironmentSettings): Variable {
  return {
    name: expectVariable,
    wanted: formatContext(context),
    fits: (text) => isExpectation(text, context),
  }
}

/**
 * Judges what a container pins, where a KMS key opens what is sealed, and not an identity alone.
 *
 * @param pins ARNs of the keys that it should be; none when they are not known.
 */
export function judgePin(
  { recipients, kmsKeys }: EnvironmentSettings,
  subject: LinkSubject,
  pins: readonly string[],
  judge: (variable: Variable) => Finding,
): Finding {
  const isUsed = kmsKeys.length > 0 || recipients.some((one) => one.startsWith("aws-kms:"))
  if (!isUsed) return ok(subject, "not needed: no recipient is a KMS key")
  if (pins.length === 0) return unchecked(subject, "kmsKeys is not in envseal.yaml")
  return judge({ name: pinVariable, wanted: pins.join(","), fits: (text) => isPin(text, pins) })
}

function judgeVariable(
  settings: EnvironmentSettings,
  subject: LinkSubject,
  containers: readonly Container[],
  variable: Variable,
): Finding {
  if (containers.length === 0) return unchecked(subject, "no container runs the image's own entry point")
  const said = containers.map((container) => ({ container, is: saidOf(container, variable.name) }))
  const wrong = said.filter(
    ({ is }) => is.type === "missing" || (is.type === "value" && !variable.fits(is.text)),
  )
  if (wrong.length > 0) {
    const text = wrong.map(({ container, is }) => `${wordsOf(is)} in ${container.name}`).join("; ")
    const remedies = wrong.map(({ container }) => setVariable(settings, subject, container.name, variable))
    return no(subject, `${text}; it should be ${variable.wanted}`, ...remedies)
  }
  if (said.some(({ is }) => is.type === "elsewhere")) {
    return unchecked(subject, "comes from a ConfigMap or a Secret, which envseal does not read")
  }
  return ok(subject, variable.wanted)
}

function wordsOf(said: Said): string {
  return said.type === "value" ? `is ${printable(said.text, 200)}` : "is missing"
}

function setVariable(
  settings: EnvironmentSettings,
  { about }: LinkSubject,
  container: string,
  { name, wanted }: Variable,
): Remedy {
  return kubectl(settings, "set", "env", about, `--containers=${container}`, `${name}=${wanted}`)
}

function listOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value : []
}
