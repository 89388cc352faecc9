import { exitMeaningOf, exitStatusOf } from "./exit.ts"
import { variableGroups } from "./variables.ts"
import { wrap } from "./wrap.ts"

/** What `envseal help` knows besides commands: each as lines of at most so many columns. */
export const helpTopics: Readonly<Record<string, (columns: number) => readonly string[]>> = {
  environment: environmentTopic,
  "exit-status": exitStatusTopic,
}

function environmentTopic(columns: number): readonly string[] {
  return variableGroups.flatMap(({ heading, variables }, at) => [
    ...(at === 0 ? [] : [""]),
    `${heading}:`,
    ...table(
      variables.map(({ name, meaning }) => [name, meaning]),
      columns,
    ),
  ])
}

function exitStatusTopic(columns: number): readonly string[] {
  const rows = Object.entries(exitMeaningOf).map(([status, meaning]): readonly [string, string] => {
    const codes = Object.entries(exitStatusOf).filter(([, number]) => String(number) === status)
    const named = codes.length === 0 ? "" : `: ${codes.map(([code]) => code).join(", ")}`
    return [status, `${meaning}${named}`]
  })
  return [
    ...wrap("Status, and the codes of the errors that end with it:", { columns }),
    ...table(rows, columns),
    "",
    ...wrap("After open -- command the status is the command's own.", { columns }),
    "docs/errors.md has every code.",
  ]
}

/** Two columns, of which the second goes on below itself. */
function table(rows: readonly (readonly [string, string])[], columns: number): readonly string[] {
  const width = Math.max(...rows.map(([name]) => name.length))
  const indent = " ".repeat(width + 4)
  return rows.flatMap(([name, text]) => wrap(`  ${name.padEnd(width)}  ${text}`, { columns, indent }))
}
