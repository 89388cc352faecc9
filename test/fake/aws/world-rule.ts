import { Fault } from "./fault.ts"

/** @throws Fault for what is no object, or has a member that is not among those. */
export function onlyMembers(value: object, known: readonly string[], name: string): void {
  if (typeof value !== "object" || value === null) throw impossible(`a ${name} is no object`)
  for (const member of Object.keys(value)) {
    if (!known.includes(member)) throw impossible(`unknown member ${member} of a ${name}`)
  }
}

/** @throws Fault when a name is there more than once. */
export function unique(names: readonly string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw impossible(`${twice} is there twice`)
}

/** What a world is refused with. */
export function impossible(message: string): Fault {
  return new Fault("ImpossibleWorld", message)
}
