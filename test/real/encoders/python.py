"""Writes each of the files that are named by its arguments as several functions of Python's library write it."""

import base64
import html
import json
import pathlib
import sys
import urllib.parse

writers = {
    "encodebytes": lambda text: base64.encodebytes(text.encode()).decode(),
    "urlsafe_b64encode": lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
    "json.dumps": json.dumps,
    "json.dumps, as UTF-8": lambda text: json.dumps(text, ensure_ascii=False),
    "urllib.parse.quote": lambda text: urllib.parse.quote(text, safe=""),
    "urllib.parse.quote_plus": urllib.parse.quote_plus,
    "html.escape": html.escape,
    "repr": repr,
}
for name in sys.argv[1:]:
    text = pathlib.Path(name).read_bytes().decode()
    for writer, write in writers.items():
        pathlib.Path(f"{name}.python, {writer}").write_bytes(write(text).encode())
