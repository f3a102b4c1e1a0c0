"""Sizes as people write them."""
import re

SIZE_RANGES = {'Y': 1 << 80, 'Z': 1 << 70, 'E': 1 << 60, 'P': 1 << 50, 'T': 1 << 40, 'G': 1 << 30, 'M': 1 << 20, 'K': 1 << 10, 'B': 1}
WORDS = {'B': ('bytes', 'byte'), 'b': ('bits', 'bit')}
PREFIXES = {'kilo': 'K', 'mega': 'M', 'giga': 'G', 'tera': 'T', 'peta': 'P', 'exa': 'E', 'zetta': 'Z', 'yotta': 'Y'}


def lenient_lowercase(lst):
    return [one.lower() if isinstance(one, str) else one for one in lst]


def human_to_bytes(number, default_unit=None, isbits=False):
    """`10M`, `1.5 GB`, `8 Kb` (bits) as a whole number."""
    found = re.match(r'^\s*([0-9]*\.?[0-9]*)\s*([a-zA-Z]*)\s*$', str(number))
    if found is None or found.group(1) in ('', '.'):
        raise ValueError("human_to_bytes() can't interpret following string: %s" % str(number))
    unit = found.group(2) or default_unit
    if unit is None:
        return int(round(float(found.group(1))))
    return int(round(float(found.group(1)) * _factor(unit, number, isbits)))


def _factor(unit, number, isbits):
    last = 'b' if isbits else 'B'
    for word, letter in PREFIXES.items():
        if unit.lower().startswith(word):
            rest = unit[len(word):].lower()
            if rest in WORDS[last] or rest == '':
                return SIZE_RANGES[letter]
    if unit.lower() in WORDS[last] or unit == last:
        return 1
    letter = unit[0].upper()
    if letter not in SIZE_RANGES:
        raise ValueError("human_to_bytes() failed to convert %s (unit = %s). The suffix must be one of %s"
                         % (number, unit, ', '.join(SIZE_RANGES)))
    if len(unit) > 2 or (len(unit) == 2 and unit[1] != last):
        raise ValueError('human_to_bytes() failed to convert %s. Value is not a valid string (expect "%s%s" or "%s")'
                         % (number, letter, last, letter))
    return SIZE_RANGES[letter]


def bytes_to_human(size, isbits=False, unit=None):
    base = 'bits' if isbits else 'Bytes'
    for suffix, limit in sorted(SIZE_RANGES.items(), key=lambda one: -one[1]):
        if (unit is None and size >= limit) or (unit is not None and unit.upper() == suffix):
            break
    name = base if limit == 1 else suffix + base[0]
    return '%.2f %s' % (size / limit, name)
