"""How the stand-in speaks: one line of log at a time, and failures as sentences."""

import sys
import time


class Failure(Exception):
    """Something the installer did wrong, told in one sentence."""

    def __init__(self, message, status=1):
        super().__init__(message)
        self.status = status


def say(text):
    print(f"{time.strftime('%Y-%m-%d %H:%M:%S')} [stand-in] {text}", flush=True, file=sys.stdout)
