#!/bin/sh
# Prints the path of the first Python that is new enough: the pyenv version named in .python-version, python3.13,
# python3.12, python3, then any pyenv version. Of a virtual environment it names the Python that environment was made with.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
versions=${PYENV_ROOT:-${HOME:-/nonexistent}/.pyenv}/versions
wanted=$(cat "$root/.python-version")

for candidate in "$versions/$wanted"*/bin/python3 python3.13 python3.12 python3 "$versions"/3.*/bin/python3; do
    "$candidate" -c 'import sys
if sys.version_info < (3, 12): sys.exit(1)
print(getattr(sys, "_base_executable", None) or sys.executable)' 2>/dev/null && exit 0
done

found=$(python3 -c 'import platform; print(platform.python_version())' 2>/dev/null) || found="không có"
echo "✗ Cần Python 3.12 trở lên (python3 trên máy này: $found). Cài Python $wanted, ví dụ «pyenv install $wanted», rồi chạy lại." >&2
exit 1
