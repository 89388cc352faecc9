import { plainAnswer } from "../../../src/adapters/aws/direct-http.ts"
import { systemCode } from "../../../src/core/error.ts"

// Posts to each of the given addresses, and prints what came of it as JSON: for every runtime. One that ends in `late`
// has little time.

const outcomes = []
for (const address of process.argv.slice(2)) {
  const request = { method: "POST", url: new URL(address), headers: { "x-a": "b" }, body: "{ü}" } as const
  const limitMs = address.endsWith("late") ? 100 : 60_000
  try {
    const { status, headers, body } = await plainAnswer({ ...request, limitMs }, process.env)
    outcomes.push({ status, date: headers["date"] ?? null, body })
  } catch (error) {
    const { name, message } = error as Error
    outcomes.push({ name, code: systemCode(error), message: message.slice(0, 24) })
  }
}
process.stdout.write(JSON.stringify(outcomes))
process.exit(0)
