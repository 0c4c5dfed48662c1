#!/bin/sh
# Fetches CDNOW_master.txt into data/ beside this script, unless it is there already.
# The file ships inside the Python package `lifetimes`; pip gets the wheel (a zip), nothing is
# installed. Needs python3 with pip, and a package index that pip can reach.
set -eu

package='lifetimes==0.11.3'
member='lifetimes/datasets/CDNOW_master.txt'
sha256='eff6889ed364c5199d6eacbbeb7a6d559971df4406ac876f322c373f00a072ef'

here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
data="$here/data"
file="$data/CDNOW_master.txt"

fail() {
    echo "fetch.sh: $1" >&2
    exit 1
}

# Prints the SHA-256 of a file.
digest() {
    python3 -c 'import hashlib, sys
print(hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest())' "$1"
}

command -v python3 >/dev/null 2>&1 || fail 'python3 is not installed; install it, or put the file at data/CDNOW_master.txt yourself'

if [ -f "$file" ]; then
    if [ "$(digest "$file")" = "$sha256" ]; then
        echo "fetch.sh: $file is here already"
        exit 0
    fi
    fail "$file is here, but is not the expected file (SHA-256 differs); remove it and try again"
fi

python3 -m pip --version >/dev/null 2>&1 || fail 'python3 has no pip; install it (python3 -m ensurepip)'

mkdir -p "$data"
scratch=$(mktemp -d "$data/fetch.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM

python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: \
    --dest "$scratch" "$package" \
    || fail "pip could not download $package (its reason is above); is a package index reachable?"

python3 -c 'import sys, zipfile
wheel, member, target = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive, open(target, "wb") as out:
    out.write(archive.read(member))' "$scratch"/*.whl "$member" "$scratch/CDNOW_master.txt" \
    || fail "the wheel of $package does not carry $member"

[ "$(digest "$scratch/CDNOW_master.txt")" = "$sha256" ] \
    || fail "what $package carries is not the expected file (SHA-256 differs)"

mv "$scratch/CDNOW_master.txt" "$file"
echo "fetch.sh: wrote $file"
