import { Sha256 } from "@smithy/core/checksum"
import { HttpRequest } from "@smithy/core/protocols"
import { SignatureV4 } from "@smithy/signature-v4"
import fc from "fast-check"
import { expect, test } from "vitest"
import { canSign, signedHeaders } from "../../../src/adapters/aws/request-signature.ts"

const plain = fc.stringMatching(/^[\x21-\x7e]{1,60}$/)

test("the signature of any request is that of the SDK's signer", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        accessKeyId: fc.stringMatching(/^[A-Z0-9]{16,20}$/),
        secretAccessKey: plain,
        token: fc.option(plain, { nil: undefined }),
        body: fc.string({ unit: "grapheme" }),
        port: fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: undefined }),
        atMs: fc.integer({ min: 0, max: 4_102_444_800_000 }),
        region: fc.constantFrom("eu-west-1", "us-east-1", "ap-southeast-7"),
      }),
      async ({ accessKeyId, secretAccessKey, token, body, port, atMs, region }) => {
        const identity = {
          accessKeyId,
          secretAccessKey,
          ...(token === undefined ? {} : { sessionToken: token }),
        }
        const url = new URL(`https://kms.${region}.amazonaws.com${port === undefined ? "" : `:${port}`}/`)
        const headers = {
          "content-type": "application/x-amz-json-1.1",
          "x-amz-target": "TrentService.Decrypt",
        }
        const own = await signedHeaders({ url, headers, body }, identity, { region, service: "kms", atMs })
        const signer = new SignatureV4({
          credentials: identity,
          region,
          service: "kms",
          sha256: Sha256,
          applyChecksum: false,
        })
        const request = new HttpRequest({
          method: "POST",
          protocol: url.protocol,
          hostname: url.hostname,
          path: "/",
          headers: { ...headers, host: url.host },
          body,
        })
        const { headers: theirs } = await signer.sign(request, { signingDate: new Date(atMs) })
        expect({ ...own, host: url.host }).toEqual(theirs)
      },
    ),
  )
})

test.each([
  [{ accessKeyId: "AKIAX", secretAccessKey: "x/+=" }, true],
  [{ accessKeyId: "AKIAX", secretAccessKey: "x", sessionToken: "a/+==" }, true],
  [{ accessKeyId: "AKIAX", secretAccessKey: "x", sessionToken: "a\n" }, false],
  [{ accessKeyId: "AKIA X", secretAccessKey: "x" }, false],
  [{ accessKeyId: "AKIAX", secretAccessKey: "ü" }, false],
])(
  "credentials that no header can carry as they are go to the SDK: %j can be signed with: %s",
  (identity, can) => {
    expect(canSign(identity)).toBe(can)
  },
)
