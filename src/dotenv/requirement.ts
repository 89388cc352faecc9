import { nameProblem } from "./name.ts"
import { isPublicName } from "./public-name.ts"

/** An example file that says what a secret must have. */
export interface Requirement {
  /** Its path. */
  readonly file: string
  /** Names that need not be there; one with `*` at its end stands for all that begin so. */
  readonly except: readonly string[]
}

/** The names of an example file, by what they are to a secret. */
export interface SortedNames {
  /** Those that a secret must have. */
  readonly wanted: readonly string[]
  /** Those that no envelope may hold: nothing that a person writes into the secret would do. */
  readonly impossible: readonly string[]
  /** Those of the asset build. */
  readonly ofBuild: readonly string[]
  /** Exceptions that are none: no name of the file is what they say. */
  readonly idle: readonly string[]
}

/** Sorts the names of an example file, each into one kind at most. */
export function sortNames(names: readonly string[], except: readonly string[]): SortedNames {
  const left = names.filter((name) => !except.some((one) => covers(one, name)))
  const kindOf = (name: string): "wanted" | "impossible" | "ofBuild" => {
    if (nameProblem(name) !== null) return "impossible"
    return isPublicName(name) ? "ofBuild" : "wanted"
  }
  return {
    wanted: left.filter((name) => kindOf(name) === "wanted"),
    impossible: left.filter((name) => kindOf(name) === "impossible"),
    ofBuild: left.filter((name) => kindOf(name) === "ofBuild"),
    idle: except.filter((one) => !names.some((name) => covers(one, name))),
  }
}

function covers(exception: string, name: string): boolean {
  return exception.endsWith("*") ? name.startsWith(exception.slice(0, -1)) : name === exception
}
