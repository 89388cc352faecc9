import { type ApiError, invalid, methodNotAllowed, noSuchPath } from "./api-error.ts"
import { readJson } from "./body.ts"
import { type Answer, type Call, json } from "./exchange.ts"
import { isAllowed } from "./rbac.ts"

interface ResourceAttributes {
  readonly namespace?: string
  readonly verb?: string
  readonly group?: string
  readonly resource?: string
  readonly subresource?: string
  readonly name?: string
}

/** The reviews that everybody who is known may ask for. @returns `null` for another resource. */
export function answerReview(call: Call): Answer | null {
  const { group, plural, verb } = call.info
  const answer = reviews[`${plural}.${group}`]
  if (answer === undefined) return null
  if (call.info.version !== "v1") throw noSuchPath()
  if (verb !== "create") throw methodNotAllowed()
  return answer(call)
}

const reviews: Readonly<Record<string, (call: Call) => Answer>> = {
  "selfsubjectaccessreviews.authorization.k8s.io": accessReview,
  "selfsubjectreviews.authentication.k8s.io": selfReview,
}

function accessReview({ request, grant }: Call): Answer {
  const body = readJson(request)
  const spec = body["spec"] as { readonly resourceAttributes?: ResourceAttributes } | undefined
  const attributes = spec?.resourceAttributes
  if (attributes === undefined) throw noAttributes()
  const { namespace = "", verb = "", group = "", resource = "", subresource = "", name = "" } = attributes
  const allowed = isAllowed(grant, { namespace, verb, group, resource, subresource, name })
  return json({ metadata: {}, ...body, status: { allowed } }, 201)
}

function noAttributes(): ApiError {
  return invalid({ group: "authorization.k8s.io", plural: "", kind: "" }, [
    {
      type: "FieldValueInvalid",
      field: "spec.resourceAttributes",
      message:
        "Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified",
    },
  ])
}

function selfReview({ request, identity }: Call): Answer {
  const { name: username, groups } = identity
  const review = { kind: "SelfSubjectReview", apiVersion: "authentication.k8s.io/v1" }
  readJson(request)
  return json({ ...review, metadata: {}, status: { userInfo: { username, groups } } }, 201)
}
