"""Small helpers."""


def get_all_subclasses(cls):
    """All classes below a class, however deep."""
    found = set()
    waiting = list(cls.__subclasses__())
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting.extend(one.__subclasses__())
    return found
