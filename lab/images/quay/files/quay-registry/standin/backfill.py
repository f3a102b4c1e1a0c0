"""V3_UPGRADE_MODE: the tags of version 2 are rewritten when 3.0 starts (complete) or while it serves (background).

STANDIN_BACKFILL_SECONDS is how long a whole backfill takes; four seconds when it is not set.
"""

import os
import threading
import time

from . import database, versions
from .failure import Failure, say

MODES = ("background", "complete", "production-transition", "post-oci-rollout", "post-oci-roll-back-compat")


def check_mode(config):
    """What each version demands of V3_UPGRADE_MODE; from 3.3 on nothing."""
    if not versions.since(3, 0) or versions.since(3, 3):
        return
    mode = config.get("V3_UPGRADE_MODE")
    if mode is None:
        raise Failure("V3_UPGRADE_MODE is missing: complete, or background for an upgrade from version 2 that serves meanwhile")
    if mode not in MODES:
        raise Failure(f"V3_UPGRADE_MODE must be one of {', '.join(MODES)}, not {mode!r}")
    if mode == "background" and versions.since(3, 1):
        raise Failure("V3_UPGRADE_MODE is background: finish the upgrade to version 3 first, with complete")


def in_background(config):
    return versions.since(3, 0) and not versions.since(3, 1) and config.get("V3_UPGRADE_MODE") == "background"


def seconds():
    return float(os.environ.get("STANDIN_BACKFILL_SECONDS", "4"))


def begin(config):
    """Finishes the backfill before anything is served, or sees to it from now on."""
    if not versions.since(3, 0) or versions.since(3, 1):
        return
    if in_background(config):
        threading.Thread(target=work, args=(config,), daemon=True).start()
    else:
        work(config)


def work(config):
    with database.session(config) as cursor:
        cursor.execute("select count(*) from standin_backfill")
        left = cursor.fetchone()[0]
    say(f"backfill: {left} tags of version 2 are left")
    for _ in range(left):
        time.sleep(seconds() / left)
        with database.session(config) as cursor:
            cursor.execute("delete from standin_backfill where tag_id = (select tag_id from standin_backfill order by 1 limit 1)")
    say("backfill: done")


def progress(config):
    """The body of /upgradeprogress."""
    with database.session(config) as cursor:
        cursor.execute("select (select count(*) from standin_backfill), (select count(*) from tag)")
        left, total = cursor.fetchone()
    return {"progress": 1.0 if total == 0 else (total - min(left, total)) / total, "tags_remaining": left, "total_tags": total}
