#!/usr/bin/env bash
# The outside judge of the language: ansible-core in a Python environment of its own, kept for the next time.
# Prints the environment's folder. Exit 77, with the reason on stderr, where it cannot be had.
#   install.sh [--where]    --where: print the folder if it is there, install nothing
set -euo pipefail
core=2.18.19        # the language
package=11.13.0     # the community's collections that belong to it; only those below are unpacked
collections='ansible/utils ansible/posix community/general community/crypto'
libraries='netaddr==1.3.0 jmespath==1.0.1 passlib==1.7.4 bcrypt==4.0.1 xmltodict==0.14.2'
home=${QPLAY_ORACLE:-${XDG_CACHE_HOME:-$HOME/.cache}/qplay-oracle/$core-1}

[ ! -e "$home/complete" ] || { echo "$home"; exit 0; }
[ "${1:-}" != --where ] || exit 77
python=$(command -v python3) || { echo 'no python3: the comparison with ansible-core is skipped' >&2; exit 77; }
mkdir -p "$(dirname "$home")"
exec 9> "$home.lock"
flock 9
[ ! -e "$home/complete" ] || { echo "$home"; exit 0; }
rm -rf "$home"
{
  "$python" -m venv "$home" && "$home/bin/pip" install --quiet --disable-pip-version-check "ansible-core==$core" $libraries &&
    "$home/bin/pip" download --quiet --disable-pip-version-check --no-deps --dest "$home/download" "ansible==$package"
} >&2 || { rm -rf "$home"; echo 'no Python package registry in reach: the comparison with ansible-core is skipped' >&2; exit 77; }
"$home/bin/python" - "$home" $collections <<'PYTHON'
import glob, sys, sysconfig, zipfile
home, wanted = sys.argv[1], tuple('ansible_collections/%s/' % name for name in sys.argv[2:])
for wheel in glob.glob(home + '/download/*.whl'):
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if name.startswith(wanted) and '/tests/' not in name:
                archive.extract(name, sysconfig.get_paths()['purelib'])
PYTHON
rm -rf "$home/download"
touch "$home/complete"
echo "$home"
