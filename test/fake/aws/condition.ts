import { Fault } from "./fault.ts"
import { matchesArn, matchesPattern } from "./pattern.ts"

/** What a request says about itself, by condition key in lower case. A list is a multi-valued key. */
export type ConditionContext = ReadonlyMap<string, string | readonly string[]>

/** The Condition element of a policy: operator, key, value or values. */
export type Condition = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>

interface Operator {
  readonly matches: (wanted: string, given: string) => boolean
  readonly negated: boolean
}

const equals = (wanted: string, given: string) => wanted === given
const operators: Readonly<Record<string, Operator>> = {
  StringEquals: { matches: equals, negated: false },
  StringNotEquals: { matches: equals, negated: true },
  StringLike: { matches: matchesPattern, negated: false },
  // To IAM these two are one operator.
  ArnEquals: { matches: matchesArn, negated: false },
  ArnLike: { matches: matchesArn, negated: false },
  Bool: { matches: (wanted, given) => wanted.toLowerCase() === given.toLowerCase(), negated: false },
}

const multiValued = new Set(["kms:encryptioncontextkeys", "kms:resourcealiases"])
const singleValued = new Set([
  "aws:principalaccount",
  "aws:principalarn",
  "aws:requestedregion",
  "aws:securetransport",
  "iam:passedtoservice",
  "kms:calleraccount",
  "kms:keyspec",
  "kms:keyusage",
  "kms:multiregion",
  "kms:requestalias",
  "kms:viaservice",
  "secretsmanager:secretid",
  "secretsmanager:versionid",
  "secretsmanager:versionstage",
])
/** Of an override in StartBuild (Service authorization reference, "AWS CodeBuild"): here only whether it is there. */
const presence =
  /^codebuild:(artifacts|autoretrylimit|cache|encryptionkey|logsconfig|secondaryartifacts|secondarysources|servicerole|source\.(auth\.type|buildspec|buildstatusconfig\.(context|targeturl)|insecuressl|location)|environment\.(certificate|computetype|fleet\.fleetarn|image|imagepullcredentialstype|privilegedmode|registrycredential|type))$/
const prefixes = ["kms:encryptioncontext:", "aws:principaltag/"]

interface Test {
  readonly quantifier: "ForAllValues" | "ForAnyValue" | null
  readonly operator: string
  readonly ifExists: boolean
}

/** @throws Fault for an operator, a key or a combination that this evaluator does not know. */
export function checkCondition(condition: Condition): void {
  for (const [name, keys] of Object.entries(condition)) {
    const test = parseTest(name)
    for (const [key, values] of Object.entries(keys)) {
      checkKey(test, key.toLowerCase())
      for (const value of listOf(values)) checkValue(test, key, value)
    }
  }
}

/** Whether all operators and all keys of a condition hold. */
export function conditionHolds(condition: Condition, context: ConditionContext): boolean {
  return Object.entries(condition).every(([name, keys]) => {
    const test = parseTest(name)
    return Object.entries(keys).every(([key, values]) =>
      testHolds(test, listOf(values), context.get(key.toLowerCase())),
    )
  })
}

function testHolds(
  { quantifier, operator, ifExists }: Test,
  wanted: readonly string[],
  given: string | readonly string[] | undefined,
): boolean {
  const values = given === undefined ? [] : listOf(given)
  if (operator === "Null") return wanted.includes(String(values.length === 0))
  const { matches, negated } = operatorOf(operator)
  const one = (value: string) => wanted.some((pattern) => matches(pattern, value)) !== negated
  if (values.length === 0) {
    if (ifExists || quantifier === "ForAllValues") return true
    return quantifier === null && negated
  }
  return quantifier === "ForAnyValue" ? values.some(one) : values.every(one)
}

function parseTest(name: string): Test {
  const parts = /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$/.exec(name)
  if (parts === null) throw malformed(`unknown operator ${name}`)
  const operator = parts[2] ?? ""
  const quantifier = (parts[1] ?? null) as Test["quantifier"]
  const ifExists = parts[3] !== undefined
  if (operator === "Null" && (ifExists || quantifier !== null)) throw malformed(`unknown operator ${name}`)
  if (operator !== "Null") operatorOf(operator)
  return { quantifier, operator, ifExists }
}

function operatorOf(name: string): Operator {
  const operator = Object.hasOwn(operators, name) ? operators[name] : undefined
  if (operator === undefined) throw malformed(`unknown operator ${name}`)
  return operator
}

function checkKey({ quantifier, operator }: Test, key: string): void {
  if (presence.test(key)) {
    if (operator === "Null") return
    throw malformed(`${key} is known here with Null alone`)
  }
  const isMulti = multiValued.has(key)
  const isSingle = singleValued.has(key) || prefixes.some((prefix) => key.startsWith(prefix))
  if (!isMulti && !isSingle) throw malformed(`unknown condition key ${key}`)
  if (isMulti && quantifier === null && operator !== "Null") {
    throw malformed(`${key} has several values and needs ForAllValues or ForAnyValue`)
  }
  // KMS refuses this as overly permissive: it is true for a request without that pair.
  if (quantifier === "ForAllValues" && key.startsWith("kms:encryptioncontext:")) {
    throw malformed(`ForAllValues must not be used with ${key}`)
  }
}

function checkValue({ operator }: Test, key: string, value: unknown): void {
  if (typeof value !== "string") throw malformed(`a value of ${key} is no string`)
  if (value.includes("${")) throw malformed(`policy variables are not known here: ${value}`)
  if ((operator === "Null" || operator === "Bool") && !/^(true|false)$/.test(value)) {
    throw malformed(`${value} is neither true nor false`)
  }
}

function listOf(value: string | readonly string[]): readonly string[] {
  return Array.isArray(value) ? value : [value as string]
}

function malformed(message: string): Fault {
  return new Fault("MalformedPolicyDocumentException", message)
}
