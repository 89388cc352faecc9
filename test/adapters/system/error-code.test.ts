import { expect, test } from "vitest"
import { errorCode } from "../../../src/adapters/system/error-code.ts"

test.each([
  [2, "ENOENT"],
  [26, "ETXTBSY"],
  [80, "ELIBBAD"],
  [117, "EUCLEAN"],
  [126, "ENOKEY"],
  [9_999, "errno 9999"],
])("error %d of Linux is called %s", (number, name) => {
  expect(errorCode(number)).toBe(name)
})
