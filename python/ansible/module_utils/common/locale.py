"""A locale whose output can be read."""


def get_best_parsable_locale(module, preferences=None, raise_on_locale=False):
    """Of the wanted locales the first that the host has; `C` when it has none of them."""
    try:
        program = module.get_bin_path('locale')
        if not program:
            raise RuntimeWarning("Could not find 'locale' tool")
        code, out, err = module.run_command([program, '-a'])
        if code != 0:
            raise RuntimeWarning('Unable to get locale information, rc=%s: %s' % (code, err))
        if not out:
            raise RuntimeWarning('No output from locale, rc=%s: %s' % (code, err))
        have = out.strip().splitlines()
        for one in preferences or ['C.utf8', 'C.UTF-8', 'en_US.utf8', 'en_US.UTF-8', 'C', 'POSIX']:
            if one in have:
                return one
    except RuntimeWarning:
        if raise_on_locale:
            raise
    return 'C'
