import { describe, expect, test } from "vitest"
import {
  editorArguments,
  editorKind,
  editorProgram,
  editorVariables,
  staysInTerminal,
} from "../../src/secret/core/editor-program.ts"

describe("the editor", () => {
  test.each([
    ["of VISUAL before EDITOR", { VISUAL: "nano", EDITOR: "vim" }, "nano", ["nano"]],
    ["of EDITOR where VISUAL is blank", { VISUAL: " ", EDITOR: "vim -u x" }, "vim", ["vim", "-u", "x"]],
    ["vi where none is named", {}, "vi", ["vi"]],
    ["with a path", { EDITOR: "/opt/my/vim" }, "/opt/my/vim", ["/opt/my/vim"]],
    ["in quotes, by a shell", { EDITOR: "'/opt/my vim' -n" }, "'/opt/my", null],
    ["after variables, by a shell", { EDITOR: "A='b c' D=e vim" }, "vim", null],
    ["with an option that a shell expands", { EDITOR: 'vim -u "$HOME/x"' }, "vim", null],
  ])("is the one %s", (_, variables, name, words) => {
    expect(editorProgram(variables)).toMatchObject({ name, words })
  })

  test.each([
    [["vim.tiny", "vi"], "vim"],
    [["vim.basic", "editor"], "vim"],
    [["nvim"], "vim"],
    [["busybox", "vi"], "busybox"],
    [["nvi", "vi"], "nvi"],
    [["nano", "editor"], "nano"],
    [["emacs-nox", "emacs"], "emacs"],
    [["emacsclient.emacs", "emacsclient"], "emacsclient"],
    [["code"], "code"],
    [["pico", "nano"], "nano"],
    [["vimdiffx"], "other"],
    [["decode"], "other"],
  ])("of the names %j is of the kind %s", (names, kind) => expect(editorKind(names)).toBe(kind))
})

describe("the arguments", () => {
  const of = (
    kind: Parameters<typeof editorArguments>[0]["kind"],
    name: string,
    words = [name],
    line: number | null = 7,
  ) => editorArguments({ kind, name, words }, "/f", line)
  const quiet = ["-n", "-i", "NONE", "-c", "set noundofile nobackup nowritebackup"]

  test("keep vim's traces off, and let one with a window wait", () => {
    expect(of("vim", "vim")).toEqual([...quiet, "+7", "/f"])
    expect(of("vim", "vim", ["vim"], null)).toEqual([...quiet, "/f"])
    expect(of("vim", "gvim")).toEqual(["-f", ...quiet, "+7", "/f"])
  })

  test("are those that each of the others has", () => {
    expect(of("nano", "nano")).toEqual(["--ignorercfiles", "+7", "/f"])
    expect(of("nvi", "vi")).toEqual(["-c", "7", "/f"])
    expect(of("busybox", "vi", ["vi"], null)).toEqual(["/f"])
    expect(of("emacsclient", "emacsclient")).toEqual(["+7", "/f"])
    expect(of("emacs", "emacs")).toEqual([
      "--eval",
      expect.stringContaining("make-backup-files nil"),
      "+7",
      "/f",
    ])
    expect(of("other", "ed")).toEqual(["/f"])
  })

  test("have VS Code wait, once", () => {
    expect(of("code", "code")).toEqual(["--wait", "--goto", "/f:7"])
    expect(of("code", "code", ["code", "-w"], null)).toEqual(["/f"])
  })
})

test("what talks to a process that runs already keeps its own folder for temporary files", () => {
  expect(editorVariables("vim", "/m")).toEqual({ TMPDIR: "/m", TMP: "/m", TEMP: "/m" })
  expect(editorVariables("nvi", "/m")).toMatchObject({ NEXINIT: "set directory=/m recdir=/m" })
  expect([editorVariables("emacsclient", "/m"), editorVariables("code", "/m")]).toEqual([{}, {}])
})

test("only an editor that is known to stay in the terminal needs no word on waiting", () => {
  expect([staysInTerminal("vim", "vim"), staysInTerminal("nano", "nano")]).toEqual([true, true])
  expect([staysInTerminal("vim", "gvim"), staysInTerminal("code", "code")]).toEqual([false, false])
  expect(staysInTerminal("other", "ed")).toBe(false)
})
