import { readFileSync, writeFileSync } from "node:fs"
import { LineCounter, parseDocument, visit } from "yaml"
import type { Stage } from "./stage.ts"

/** Does what the doctor printed, from that line alone. @throws Error for a line that is no command and no edit */
export async function apply(stage: Stage, printed: string): Promise<void> {
  const [, line] = /^run: (.+)$/s.exec(printed) ?? []
  if (line !== undefined) {
    await run(stage, line)
    return
  }
  const [, setting = "", value = "", file = "", place] =
    /^set (\S+) to (.+) at ([^\s:]+)(?::(\d+:\d+))?$/.exec(printed) ?? []
  if (setting === "") throw new Error(`this is for a person: ${printed}`)
  const path = stage.box.path(file)
  const text = readFileSync(path, "utf8")
  writeFileSync(path, place === undefined ? withMember(text, setting, value) : withValue(text, place, value))
}

async function run({ shell, aws }: Stage, line: string): Promise<void> {
  const ended = await shell(line)
  // The machine's clock stays as it is, and so the other one is put right.
  if (line.includes("timedatectl")) await aws.setWorld({ clockSkewSeconds: 0 })
  // What is there already is no failure: the one that lacks is what was meant.
  if (ended.status !== 0 && !ended.stderr.includes("ResourceExistsException")) {
    throw new Error(`${line}\nended with ${ended.status}: ${ended.stderr}${ended.stdout}`)
  }
}

/** Another value in the place of the one that begins there. */
function withValue(text: string, place: string, value: string): string {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  let range: readonly [number, number] | null = null
  visit(document, {
    Node: (_, node) => {
      const [start, end] = node.range ?? []
      if (start === undefined || end === undefined) return
      const { line, col } = lines.linePos(start)
      if (range === null && `${line}:${col}` === place) range = [start, end]
    },
  })
  if (range === null) throw new Error(`nothing begins at ${place}`)
  const [start, end]: readonly [number, number] = range
  return text.slice(0, start) + value + text.slice(end)
}

/** A member of a JSON object. */
function withMember(text: string, name: string, value: string): string {
  return JSON.stringify({ ...JSON.parse(text), [name]: JSON.parse(value) })
}
