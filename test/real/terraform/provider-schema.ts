import { readFileSync } from "node:fs"
import { join } from "node:path"

/** What may be written in a block, as `terraform providers schema -json` has it. */
export interface BlockSchema {
  readonly attributes: Readonly<Record<string, AttributeSchema>>
  readonly block_types: Readonly<Record<string, NestedSchema>>
}

interface AttributeSchema {
  readonly type: unknown
  readonly required?: boolean
  readonly optional?: boolean
  readonly computed?: boolean
}

interface NestedSchema {
  readonly nesting_mode: "list" | "set"
  readonly min_items: number
  readonly max_items: number
  readonly block: BlockSchema
}

/** A member as the bindings have it. */
interface Member {
  readonly name: string
  readonly value: string
  readonly isBlock: boolean
  readonly collection: string
  readonly kind: string
}

/**
 * The schema of one resource of the provider `hashicorp/aws`, or with `provider` of its configuration, read from the
 * bindings that were generated from the provider itself (npm `@cdktf/provider-aws`).
 *
 * @param folder of the resource in the bindings, such as `lib/kms-key`.
 */
export function resourceSchema(folder: string): { block: BlockSchema } {
  // The map of its sources is one word of a megabyte.
  const code = readFileSync(join(folder, "index.js"), "utf8").replace(/^\/\/# sourceMappingURL=.*/m, "")
  const types = readFileSync(join(folder, "index.d.ts"), "utf8")
  const bindings = { structs: structsIn(code), required: requiredIn(types) }
  const whole = code.slice(code.lastIndexOf("    synthesizeHclAttributes() {"))
  const [, config = ""] = /export interface (\w+Config) /.exec(types) ?? []
  const { attributes, block_types } = blockOf(membersIn(whole), config, bindings)
  return { block: { attributes: { ...computedIn(code), ...attributes }, block_types } }
}

interface Bindings {
  readonly structs: ReadonlyMap<string, readonly Member[]>
  readonly required: ReadonlyMap<string, ReadonlySet<string>>
}

function blockOf(members: readonly Member[], type: string, bindings: Bindings): BlockSchema {
  const required = bindings.required.get(type) ?? new Set()
  const isBlock = ({ isBlock }: Member) => isBlock
  return {
    attributes: Object.fromEntries(
      members
        .filter((member) => !isBlock(member))
        .map((member) => [
          member.name,
          required.has(member.name)
            ? { type: typeOf(member.collection, member.kind), required: true }
            : { type: typeOf(member.collection, member.kind), optional: true, computed: true },
        ]),
    ),
    block_types: Object.fromEntries(
      members.filter(isBlock).map((member) => [member.name, nestedOf(member, required, bindings)]),
    ),
  }
}

function nestedOf(member: Member, required: ReadonlySet<string>, bindings: Bindings): NestedSchema {
  const [, struct = ""] = /(\w+)ToHclTerraform/.exec(member.value) ?? []
  const members = bindings.structs.get(struct)
  if (members === undefined) throw new Error(`the bindings have no ${struct}`)
  const type = struct.charAt(0).toUpperCase() + struct.slice(1)
  return {
    nesting_mode: member.collection === "set" ? "set" : "list",
    min_items: required.has(member.name) ? 1 : 0,
    max_items: member.value.includes("listMapperHcl") ? 0 : 1,
    block: blockOf(members, type, bindings),
  }
}

function structsIn(code: string): Map<string, readonly Member[]> {
  const parts = code.split(/^function (?=\w+ToHclTerraform\()/m).slice(1)
  return new Map(
    parts.map((part) => {
      const end = part.indexOf("\n}\n")
      return [part.slice(0, part.indexOf("ToHclTerraform(")), membersIn(part.slice(0, end))]
    }),
  )
}

function membersIn(code: string): Member[] {
  const member =
    /(\w+): \{\s+value: (.+),\s+isBlock: (true|false),\s+type: "(\w+)",\s+storageClassType: "(\w+)",/g
  return [...code.matchAll(member)].map(([, name = "", value = "", isBlock, collection = "", kind = ""]) => ({
    name,
    value,
    isBlock: isBlock === "true",
    collection,
    kind,
  }))
}

/** Names of what each interface demands. The comment before a member has its name in Terraform. */
function requiredIn(types: string): Map<string, ReadonlySet<string>> {
  const parts = types.split(/^export interface /m).slice(1)
  return new Map(
    parts.map((part) => {
      const body = part.slice(0, part.indexOf("\n}\n"))
      const names = body.split("    /**").flatMap((member) => {
        const [, name] = /#(\w+) \w+#\w+\}/.exec(member) ?? []
        return name !== undefined && /^ {4}readonly \w+:/m.test(member) ? [name] : []
      })
      return [/^\w+/.exec(part)?.[0] ?? "", new Set(names)]
    }),
  )
}

const primitives: Readonly<Record<string, string>> = { string: "string", boolean: "bool", number: "number" }

function typeOf(collection: string, kind: string): unknown {
  if (collection === "simple") return primitives[kind] ?? "dynamic"
  const element = primitives[kind.replace(/(List|Map)$/, "")]
  return element === undefined ? "dynamic" : [collection, element]
}

const getters: Readonly<Record<string, unknown>> = {
  String: "string",
  Number: "number",
  Boolean: "bool",
  List: ["list", "string"],
  StringMap: ["map", "string"],
}

/** What a resource says of itself once it is made. */
function computedIn(code: string): Record<string, AttributeSchema> {
  const own = code.slice(code.search(/^class \w+ extends cdktf\.Terraform(?:Resource|Provider) /m))
  const found = own.matchAll(/this\.get(\w+)Attribute\('(\w+)'\)/g)
  return Object.fromEntries(
    [...found].map(([, kind = "", name = ""]) => [
      name,
      { type: getters[kind] ?? "dynamic", computed: true },
    ]),
  )
}
