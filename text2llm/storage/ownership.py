"""Who else can change a file or directory, by its owner and mode."""

from __future__ import annotations

import os
import stat

_ROOT = 0


def is_trusted(user: int) -> bool:
    """Whether a user id is the user's own, root's, or that of the owner of ``/``: who has that decides everything."""
    return user in (os.geteuid(), _ROOT) or user == os.stat("/").st_uid


def is_shared(mode: int, group: int) -> bool:
    """Whether others may write by ``mode``; a group that has the user as its only member is not others."""
    return bool(mode & stat.S_IWOTH) or (bool(mode & stat.S_IWGRP) and not _is_private(group))


def can_others_write(status: os.stat_result) -> bool:
    """Whether another user can change what is in a directory; the sticky bit does not stop them from adding to it."""
    return not is_trusted(status.st_uid) or is_shared(status.st_mode, status.st_gid)


def _is_private(group: int) -> bool:
    """Whether a group is root's, or the user's own by name and members, as many systems make one for each user."""
    import grp
    import pwd

    try:
        name, entry = pwd.getpwuid(os.geteuid()).pw_name, grp.getgrgid(group)
    except KeyError:
        return group == _ROOT
    return group == _ROOT or (entry.gr_name == name and set(entry.gr_mem) <= {name})
