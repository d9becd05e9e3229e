#!/bin/sh
# Build the site with nbdev and Quarto (`tools/docs.sh check` only looks whether Quarto is there).
# tools/pages.py makes the pages, Quarto renders them, and their twins in Markdown go beside them.
# A link that leads nowhere is an error here, though Quarto only warns of it.
set -eu
command -v quarto >/dev/null || { echo "docs: Quarto is not installed; get it from https://quarto.org/docs/download and see that \`quarto\` is on PATH" >&2; exit 1; }
[ "${1:-}" != check ] || exit 0
cd "$(dirname "$0")/.."
log=$(mktemp) && trap 'rm -f "$log" "$log.rc"' EXIT
python tools/pages.py
{ (cd _proc && quarto render --no-cache) 2>&1 && echo 0 > "$log.rc" || echo 1 > "$log.rc"; } | tee "$log"
[ "$(cat "$log.rc")" = 0 ] || { echo "docs: the build failed" >&2; exit 1; }
if grep -i 'unable to resolve' "$log" >&2; then echo "docs: the links above lead nowhere" >&2; exit 1; fi
rm -rf _docs
mv _proc/_docs _docs
cp _proc/_twins/* _docs/
echo "docs: the site is in _docs/"
