import { isDeepStrictEqual } from "node:util"
import { type FieldFault, invalid } from "./api-error.ts"
import type { ResourceName } from "./kinds.ts"
import type { Resource } from "./resources.ts"

type Loose = Readonly<Record<string, unknown>>

/** @throws ApiError 422 for an object that the API server would not take. */
export function validate(resource: Resource, name: string, object: Loose, before: Loose | null): void {
  const faults = [
    ...nameFaults(name),
    ...annotationFaults(object),
    ...selectorFaults(resource.plural, object),
    ...templateFaults(resource.plural, object),
    ...changeFaults(resource.plural, object, before),
    ...leaseFaults(resource.plural, object),
  ]
  if (faults.length > 0) throw invalid({ ...resource, name }, faults)
}

/** @throws ApiError 422 for a patch after which an image is no text, or containers are no list. */
export function checkTypes(resource: ResourceName, object: Loose): void {
  const path = templatePath(resource)
  if (path === null) return
  const spec = read(object, [...path, "spec"])
  for (const name of ["initContainers", "containers"]) {
    const list = spec[name]
    const fits = list === undefined || (Array.isArray(list) && list.every(isContainer))
    if (fits) continue
    throw invalid({ group: "", plural: "", kind: "" }, [wrong("patch", name, "json: cannot unmarshal")])
  }
}

function isContainer(value: unknown): boolean {
  const { name = "", image = "" } = (value ?? {}) as Loose
  return typeof name === "string" && typeof image === "string"
}

/** Where the pod template of an object is. @returns `null` for a resource that has none. */
function templatePath(resource: ResourceName): readonly string[] | null {
  if (resource === "cronjobs") return ["spec", "jobTemplate", "spec", "template"]
  return ["deployments", "statefulsets", "daemonsets", "jobs"].includes(resource)
    ? ["spec", "template"]
    : null
}

function nameFaults(name: string): readonly FieldFault[] {
  if (name === "") {
    const message = "Required value: name or generateName is required"
    return [fault("FieldValueRequired", "metadata.name", message)]
  }
  if (/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name) && name.length <= 253) return []
  const rule =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', " +
    "and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is " +
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
  return [wrong("metadata.name", name, rule)]
}

const maxAnnotationBytes = 262_144

/** All annotations together (apimachinery `pkg/api/validation`, ValidateAnnotationsSize). */
function annotationFaults(object: Loose): readonly FieldFault[] {
  const pairs = Object.entries(read(object, ["metadata", "annotations"]))
  const bytes = pairs.reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(String(value)),
    0,
  )
  if (bytes <= maxAnnotationBytes) return []
  const message = `Too long: may not be more than ${maxAnnotationBytes} bytes`
  return [fault("FieldValueTooLong", "metadata.annotations", message)]
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
  return missing
}

function restartFaults(resource: ResourceName, spec: Loose, at: string): readonly FieldFault[] {
  if (resource !== "jobs" && resource !== "cronjobs") return []
  const policy = spec["restartPolicy"]
  if (policy === "Never" || policy === "OnFailure") return []
  if (policy === undefined) {
    return [
      fault(
        "FieldValueRequired",
        `${at}.restartPolicy`,
        'Required value: valid values: "OnFailure", "Never"',
      ),
    ]
  }
  const shown = JSON.stringify(policy)
  return [
    fault(
      "FieldValueNotSupported",
      `${at}.restartPolicy`,
      `Unsupported value: ${shown}: supported values: "OnFailure", "Never"`,
    ),
  ]
}

function selectorFaults(resource: ResourceName, object: Loose): readonly FieldFault[] {
  if (!hasSelector(resource)) return []
  const wanted = Object.entries(read(object, ["spec", "selector", "matchLabels"]))
  const labels = read(object, ["spec", "template", "metadata", "labels"])
  const matches = wanted.length > 0 && wanted.every(([name, value]) => labels[name] === value)
  const shown = Object.keys(labels).length === 0 ? null : labels
  return [
    ...(wanted.length > 0 ? [] : [required("spec.selector")]),
    ...(matches ? [] : [wrong("spec.template.metadata.labels", shown, mismatch)]),
  ]
}

function changeFaults(resource: ResourceName, object: Loose, before: Loose | null): readonly FieldFault[] {
  if (!hasSelector(resource) || before === null) return []
  const selector = read(object, ["spec", "selector"])
  if (isDeepStrictEqual(selector, read(before, ["spec", "selector"]))) return []
  return [wrong("spec.selector", selector, "field is immutable")]
}

function hasSelector(resource: ResourceName): boolean {
  return ["deployments", "statefulsets", "daemonsets"].includes(resource)
}

const mismatch = "`selector` does not match template `labels`"

function wrong(field: string, value: unknown, why: string): FieldFault {
  return fault("FieldValueInvalid", field, `Invalid value: ${JSON.stringify(value)}: ${why}`)
}

function leaseFaults(resource: ResourceName, object: Loose): readonly FieldFault[] {
  if (resource !== "leases") return []
  const seconds = read(object, ["spec"])["leaseDurationSeconds"]
  if (seconds === undefined || Number(seconds) > 0) return []
  return [wrong("spec.leaseDurationSeconds", seconds, "must be greater than 0")]
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
