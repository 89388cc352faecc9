"""Exchanges two entries of the working directory until its input ends, and prints how often it did."""

import ctypes
import os
import select
import sys

AT_FDCWD = -100
RENAME_EXCHANGE = 2

libc = ctypes.CDLL(None, use_errno=True)
one, other = (os.fsencode(name) for name in sys.argv[1:3])
count = 0
print("ready", flush=True)
while not select.select([sys.stdin], [], [], 0)[0]:
    if libc.renameat2(AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE) == 0:
        count += 1
print(count, flush=True)
