import { isDeepStrictEqual } from "node:util"
import { type FieldFault, invalid } from "./api-error.ts"
import type { ResourceName } from "./kinds.ts"
import type { Resource } from "./resources.ts"

type Loose = Readonly<Record<string, unknown>>

/** @throws ApiError 422 for an object that the API server would not take. */
export function validate(resource: Resource, name: string, object: Loose, before: Loose | null): void {
  const faults = [
    ...nameFaults(name),
    ...templateFaults(resource.plural, object),
    ...selectorFaults(resource.plural, object, before),
  ]
  if (faults.length > 0) throw invalid({ ...resource, name }, faults)
}

/** Where the pod template of an object is. @returns `null` for a resource that has none. */
export function templatePath(resource: ResourceName): readonly string[] | null {
  if (resource === "cronjobs") return ["spec", "jobTemplate", "spec", "template"]
  return ["deployments", "statefulsets", "daemonsets", "jobs"].includes(resource)
    ? ["spec", "template"]
    : null
}

function nameFaults(name: string): readonly FieldFault[] {
  if (/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name) && name.length <= 253) return []
  const rule = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.'"
  return [fault("FieldValueInvalid", "metadata.name", `Invalid value: ${JSON.stringify(name)}: ${rule}`)]
}

function templateFaults(resource: ResourceName, object: Loose): readonly FieldFault[] {
  const path = templatePath(resource)
  if (path === null) return []
  const at = `${path.join(".")}.spec`
  const spec = read(object, [...path, "spec"])
  const containers = listOf(spec, "containers")
  if (containers.length === 0) return [required(`${at}.containers`)]
  const all = [...listOf(spec, "initContainers"), ...containers]
  return [
    ...["initContainers", "containers"].flatMap((list) =>
      listOf(spec, list).flatMap((one, index) => containerFaults(one, `${at}.${list}[${index}]`)),
    ),
    ...duplicates(all.map((one) => one["name"])).map((name) =>
      fault("FieldValueDuplicate", `${at}.containers.name`, `Duplicate value: ${JSON.stringify(name)}`),
    ),
    ...restartFaults(resource, spec, at),
  ]
}

function containerFaults(container: Loose, at: string): readonly FieldFault[] {
  const missing = ["name", "image"]
    .filter((name) => !container[name])
    .map((name) => required(`${at}.${name}`))
  const image = container["image"]
  if (typeof image !== "string" || image === image.trim()) return missing
  return [
    ...missing,
    fault(
      "FieldValueInvalid",
      `${at}.image`,
      `Invalid value: ${JSON.stringify(image)}: must not have leading or trailing whitespace`,
    ),
  ]
}

function restartFaults(resource: ResourceName, spec: Loose, at: string): readonly FieldFault[] {
  if (resource !== "jobs" && resource !== "cronjobs") return []
  const policy = spec["restartPolicy"]
  if (policy === "Never" || policy === "OnFailure") return []
  const shown = JSON.stringify(policy ?? "")
  return [
    fault(
      "FieldValueInvalid",
      `${at}.restartPolicy`,
      `Unsupported value: ${shown}: supported values: "OnFailure", "Never"`,
    ),
  ]
}

function selectorFaults(resource: ResourceName, object: Loose, before: Loose | null): readonly FieldFault[] {
  if (!["deployments", "statefulsets", "daemonsets"].includes(resource)) return []
  const selector = read(object, ["spec", "selector"])
  const wanted = Object.entries(read(selector, ["matchLabels"]))
  if (wanted.length === 0) return [required("spec.selector")]
  if (before !== null && !isDeepStrictEqual(selector, read(before, ["spec", "selector"]))) {
    return [
      fault(
        "FieldValueInvalid",
        "spec.selector",
        `Invalid value: ${JSON.stringify(selector)}: field is immutable`,
      ),
    ]
  }
  const labels = read(object, ["spec", "template", "metadata", "labels"])
  if (wanted.every(([name, value]) => labels[name] === value)) return []
  return [
    fault(
      "FieldValueInvalid",
      "spec.template.metadata.labels",
      `Invalid value: ${JSON.stringify(labels)}: \`selector\` does not match template \`labels\``,
    ),
  ]
}

function fault(type: FieldFault["type"], field: string, message: string): FieldFault {
  return { type, field, message }
}

function required(field: string): FieldFault {
  return fault("FieldValueRequired", field, "Required value")
}

function duplicates(names: readonly unknown[]): readonly unknown[] {
  return names.filter((name, index) => name !== undefined && names.indexOf(name) !== index)
}

function read(object: Loose, path: readonly string[]): Loose {
  const found = path.reduce<unknown>((value, name) => (value as Loose | undefined)?.[name], object)
  return typeof found === "object" && found !== null ? (found as Loose) : {}
}

function listOf(spec: Loose, name: string): readonly Loose[] {
  return Array.isArray(spec[name]) ? (spec[name] as Loose[]) : []
}
