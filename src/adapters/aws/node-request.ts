import { request as requestHttp } from "node:http"
import { request as requestHttps } from "node:https"
import type { DirectAnswer, DirectRequest } from "./direct-request.ts"

/** What `plainAnswer` says, by Node's own clients, which know no proxy. */
export function answerByNode(
  { method, url, headers, body = "", limitMs }: DirectRequest,
  maxAnswerBytes: number,
): Promise<DirectAnswer> {
  return new Promise((resolve, reject) => {
    const request = (url.protocol === "https:" ? requestHttps : requestHttp)(url, {
      method,
      headers: body === "" ? headers : { ...headers, "content-length": Buffer.byteLength(body) },
      agent: false,
      rejectUnauthorized: true,
    })
    const end = (error: Error) => {
      clearTimeout(timer)
      reject(error)
      request.destroy()
    }
    const late = Object.assign(new Error(`no answer within ${limitMs} ms`), { name: "TimeoutError" })
    const timer = setTimeout(() => end(late), limitMs)
    request.once("error", end)
    request.once("response", (response) => {
      let text = ""
      response.setEncoding("utf8")
      response.on("data", (chunk: string) => {
        text += chunk
        if (text.length > maxAnswerBytes) end(new Error("its answer is too long"))
      })
      response.once("error", end)
      response.once("end", () => {
        clearTimeout(timer)
        const { statusCode = 0, headers: given } = response
        const single = Object.entries(given).map(([name, value]) => [name, String(value)])
        resolve({ status: statusCode, headers: Object.fromEntries(single), body: text })
      })
    })
    request.end(body)
  })
}
