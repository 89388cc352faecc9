import { parse } from "dotenv"

/**
 * The names that an example file such as `.env.example` asks for, in its order and without duplicates. Its
 * values do not matter. Read by npm `dotenv`, which skips what it does not understand.
 */
export function requiredNames(example: string): string[] {
  return Object.keys(parse(example))
}
