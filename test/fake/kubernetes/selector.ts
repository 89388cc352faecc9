import { badRequest } from "./api-error.ts"
import type { EventObject } from "./kinds.ts"
import type { Stored, Texts } from "./object.ts"
import type { Pod } from "./pod.ts"

export type Selector = (object: Stored) => boolean

/**
 * A label selector as a query has it: `app=web,tier!=cache,env in (a,b),!canary`.
 *
 * @throws ApiError 400 for one that is none.
 */
export function labelSelector(text: string | null): Selector {
  if (text === null || text === "") return () => true
  const terms = splitTerms(text).map(labelTerm)
  return ({ metadata }) => terms.every((term) => term(metadata.labels ?? {}))
}

/** A field selector, of the fields that the fake knows. @throws ApiError 400 for another one. */
export function fieldSelector(text: string | null): Selector {
  if (text === null || text === "") return () => true
  const terms = text.split(",").map(fieldTerm)
  return (object) => terms.every((term) => term(object))
}

/** The name that a field selector asks for, which counts as the name of the request. */
export function selectedName(text: string | null): string | null {
  return /(?:^|,)metadata\.name==?([^,]+)/.exec(text ?? "")?.[1] ?? null
}

const fields: Readonly<Record<string, (object: Stored) => string | undefined>> = {
  "metadata.name": ({ metadata }) => metadata.name,
  "metadata.namespace": ({ metadata }) => metadata.namespace,
  "spec.nodeName": (object) => (object as Pod).spec?.nodeName,
  "status.phase": (object) => (object as Pod).status?.phase,
  "involvedObject.uid": (object) => (object as EventObject).involvedObject?.uid,
  "involvedObject.name": (object) => (object as EventObject).involvedObject?.name,
  "involvedObject.kind": (object) => (object as EventObject).involvedObject?.kind,
  "involvedObject.namespace": (object) => (object as EventObject).involvedObject?.namespace,
  type: (object) => (object as EventObject).type,
  reason: (object) => (object as EventObject).reason,
}

function fieldTerm(term: string): Selector {
  const [, name = "", operator = "", value = ""] = /^([\w.]+)(==?|!=)(.*)$/.exec(term) ?? []
  const read = Object.hasOwn(fields, name) ? fields[name] : undefined
  if (read === undefined) throw badRequest(`${JSON.stringify(name || term)} is not a known field selector`)
  return (object) => (read(object) === value) === (operator !== "!=")
}

// Commas in brackets belong to a term.
function splitTerms(text: string): string[] {
  return text.split(/,(?![^(]*\))/).map((term) => term.trim())
}

function labelTerm(term: string): (labels: Texts) => boolean {
  const [, name = "", operator = "", list = ""] = /^(\S+)\s+(in|notin)\s+\((.*)\)$/.exec(term) ?? []
  if (operator !== "") {
    const values = list.split(",").map((value) => value.trim())
    return (labels) => values.includes(labels[name] ?? "\0") === (operator === "in")
  }
  const equality = /^([\w./-]+)\s*(==?|!=)\s*([\w.-]*)$/.exec(term)
  if (equality !== null) {
    const [, key = "", sign, value] = equality
    return (labels) => (labels[key] === value) === (sign !== "!=")
  }
  const [, not, key] = /^(!?)([\w./-]+)$/.exec(term) ?? []
  if (key === undefined) throw badRequest(`unable to parse requirement: ${term}`)
  return (labels) => Object.hasOwn(labels, key) === (not === "")
}
