import { median } from "../measure.ts"
import type { Round, Way } from "./round.ts"

const names: Readonly<Record<Way, string>> = {
  build: "`envseal deploy`: the full build",
  reseal: "**`envseal deploy --reseal`**",
}

/** The rounds of both ways as a Markdown table, each cell a median with the least and the most. */
export function resealTable(rounds: Readonly<Record<Way, readonly Round[]>>): string {
  const row = (way: Way) => {
    const cells = [
      seconds(rounds[way].map(({ build }) => build)),
      seconds(rounds[way].map(({ ready }) => ready)),
      seconds(rounds[way].map(({ verdict }) => verdict)),
      megabytes(median(rounds[way].map(({ bytes }) => bytes))),
    ]
    return `| ${[names[way], ...cells].join(" | ")} |`
  }
  return [
    "| | the build, s | to the last new pod, s | to the verdict, s | new bytes in the registry, and pulled by each node |",
    "| --- | ---: | ---: | ---: | ---: |",
    row("build"),
    row("reseal"),
  ].join("\n")
}

function seconds(times: readonly number[]): string {
  const [least, most] = [Math.min(...times), Math.max(...times)]
  return `${median(times).toFixed(1)} (${least.toFixed(1)} to ${most.toFixed(1)})`
}

function megabytes(bytes: number): string {
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} KB` : `${(bytes / 1e6).toFixed(1)} MB`
}
