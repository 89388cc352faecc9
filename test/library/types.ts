import {
  type Context,
  type Dialect,
  type Entry,
  EnvsealError,
  type ErrorCode,
  type Inspection,
  inspect,
  type KeyService,
  type Line,
  type Opened,
  type OpenOptions,
  open,
  type Problem,
  type ProblemCode,
  type Provenance,
  readDotenv,
  type SealOptions,
  Secret,
  type SourceRecord,
  seal,
  type ValueKind,
  type version,
  type WrappedKey,
  type Written,
  writeDotenv,
} from "../../src/index.ts"

// Never run: `npm run lint` fails when a type of the library is not what is written here, and test/real asks the package.

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** Compiles for two types that are the same, and for no others. */
function same<A, B>(_isSame: Equal<A, B>): void {}

const context: Context = { app: "shop" }
const sealing: SealOptions = { recipients: ["age1"], context }
const opening: OpenOptions = { identities: [], expect: context }
const envelope: Uint8Array = await seal("{}", sealing)
const opened: Opened = await open(envelope, opening)
const inspection: Inspection = inspect(envelope)
const lines: Line[] = readDotenv("A=1", "5.4")
const entry: Entry = { name: "A", value: new Secret("1"), kind: "string" }
const written: Written = writeDotenv([entry])
const key: WrappedKey = { keyArn: "arn", ciphertext: envelope }
const keyService: KeyService = { wrap: async () => key, unwrap: async () => envelope }
const problem: Problem = { code: "BAD_NAME", name: "A", reason: "is none" }
const error = new EnvsealError("USAGE", "context: none", { hint: "give one", problems: [problem] })

same<typeof version extends string ? true : false, true>(true)
same<Dialect, "5.4" | "5.5">(true)
same<ValueKind, "string" | "number" | "literal" | "nested">(true)
same<Line["value"], string | null>(true)
same<Opened["values"], ReadonlyMap<string, Secret>>(true)
same<Opened["claims"]["provenance"], Provenance>(true)
same<Inspection["context"], Context>(true)
same<Provenance["sources"], readonly SourceRecord[]>(true)
same<typeof error.code, ErrorCode>(true)
same<typeof problem.code, ProblemCode>(true)
if (written.text === null) same<typeof written.problems, readonly Problem[]>(true)
else same<typeof written.text, string>(true)
await seal(envelope, {
  ...sealing,
  keyService,
  nested: "json",
  armored: false,
  onWarning: (text) => text.length,
})

// @ts-expect-error: a secret is sealed for somebody
await seal("{}", { context })
// @ts-expect-error: what is opened is expected
await open(envelope, { identities: [] })
// @ts-expect-error: a value is no text that can be printed
opened.values.get("A")?.length
// @ts-expect-error: only what was opened has values
inspection.values
// @ts-expect-error: a value that is written is a Secret
writeDotenv([{ name: "A", value: "1", kind: "string" }])
// @ts-expect-error: there is no such dialect
readDotenv("A=1", "6")
// @ts-expect-error: a line is not changed
if (lines[0] !== undefined) lines[0].name = "B"
// @ts-expect-error: codes are a closed list
new EnvsealError("NONSENSE", "no")
