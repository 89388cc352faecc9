"""Reads 0.env, 1.env, … of the working directory with python-dotenv and writes result.json."""

import base64
import importlib.metadata
import itertools
import json
import logging
import os

from dotenv import dotenv_values

logging.disable()


def encoded(path):
    try:
        values = dotenv_values(path)
    except Exception:
        return None
    return {name: base64.b64encode((value or "").encode()).decode() for name, value in values.items()}


paths = itertools.takewhile(os.path.isfile, (f"{i}.env" for i in itertools.count()))
result = {"version": importlib.metadata.version("python-dotenv"), "files": [encoded(path) for path in paths]}
with open("result.json", "w") as out:
    json.dump(result, out)
