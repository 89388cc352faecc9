import { expect, test } from "vitest"
import { prepareRestore } from "../../src/secret/run/restore-version.ts"
import { SecretShelf } from "../fake/secret-shelf.ts"

test("a version that is restored can have the id that Terraform gave it", async () => {
  const shelf = new SecretShelf('{"A":"1"}')
  const id = "terraform-20260101000000000000000001"
  const [current] = shelf.secret.versions
  const old = { id, stages: [], string: '{"A":"0"}', createdAt: "2025-12-31T00:00:00Z" }
  shelf.secret = { ...shelf.secret, versions: [...(current === undefined ? [] : [current]), old] }
  const restore = await prepareRestore(await shelf.target(), id, "refuse", shelf.ports())
  expect(restore.versionId).toBe(id)
})
