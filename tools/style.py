"""The table of how the code is written, before and after, beside fastai and fastcore

    python tools/style.py            # print it as Markdown
    python tools/style.py --write    # put it into CONTRIBUTING.md
    python tools/style.py --check    # does CONTRIBUTING.md tell of this tree?
    python tools/style.py --measure  # count 0.1.0, fastai and fastcore again, for tools/style.json

The columns of others are kept in tools/style.json, so that a clone without history, or with another fastai, makes the
same table. What is counted, and how, says tools/measure.py; fastai and fastcore are installed without their notebooks,
so their cells are those that nbdev marks in the modules.
"""
import argparse
import io
import json
import subprocess
import sys
import tarfile
import tempfile
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from common import CFG, LIB, ROOT, modules, notebooks
from measure import all_nodes, count_cells, exported_cells, longest_row, p90, private_imports, tree_of, widths

OLD = '0.1.0','6d27230' # the version before the rooms were made anew, and its commit
KEPT = ROOT/'tools/style.json'
PAGE = ROOT/'CONTRIBUTING.md'
START,END = '<!-- made by tools/style.py -->','<!-- end -->'
ROWS = {
    'over120':'lines over 120 characters', 'over160':'lines over 160 characters', 'longest':'longest line, characters',
    'nodes':'syntax nodes of a function, at p90', 'largest':'syntax nodes of the largest function',
    'private':'private names imported across modules', 'row':'export cells in a row that nothing runs between',
    'cell':'lines of an export cell, at the median', 'tests':'test cells for each export cell',
    'hidden':'code cells that are hidden',
}


# ---- figures ----

def share_over(limit, xs): return f'{sum(o>limit for o in xs)/len(xs):.1%}'

def module_figures(package):
    "What can be counted in the modules of a package"
    paths = modules(package)
    w,n = widths(paths),all_nodes(paths)
    private = [o for p in paths for o in private_imports(tree_of(p), package.name)]
    return dict(
        over120=share_over(120, w), over160=share_over(160, w), longest=str(max(w)),
        nodes=str(p90(n)), largest=str(max(n)), private=str(len(private)),
        cell=f'{median(map(len, exported_cells(paths))):g}')

def notebook_figures(folder):
    "What can be counted in notebooks only"
    paths = notebooks(folder)
    n = count_cells(paths)
    return dict(row=str(longest_row(paths)), tests=f'{n.tests/n.exports:.2f}', hidden=f'{n.share:.0%}')

def tree_figures(root=ROOT):
    "All figures of a checkout of this repository"
    return module_figures(root/LIB) | notebook_figures(root/'nbs')

def commit_figures(commit):
    "The figures of a commit of this repository"
    tar = subprocess.run(['git', 'archive', commit, LIB, 'nbs'], cwd=ROOT, capture_output=True, check=True).stdout
    with tempfile.TemporaryDirectory() as d:
        tarfile.open(fileobj=io.BytesIO(tar)).extractall(d, filter='data')
        return tree_figures(Path(d))

def installed_figures(name): return module_figures(Path(find_spec(name).origin).parent)

def measure():
    "The figures of the others, as tools/style.json keeps them"
    res = {f'{LIB} {OLD[0]}':commit_figures(OLD[1])}
    return res | {f'{n} {version(n)}':installed_figures(n) for n in ('fastai', 'fastcore')}


# ---- the table ----

def columns():
    "The columns of the table: the version before, this tree, the others"
    old,*others = json.loads(KEPT.read_text(encoding='utf-8')).items()
    return dict([old, (f"{LIB} {CFG['version']}", tree_figures()), *others])

def table():
    "The table as Markdown"
    cols = columns()
    lines = ['| | ' + ' | '.join(cols) + ' |', '|---|' + '---:|'*len(cols)]
    lines += [f'| {title} | ' + ' | '.join(c.get(k, '–') for c in cols.values()) + ' |' for k,title in ROWS.items()]
    return '\n'.join(lines)

def parts():
    "CONTRIBUTING.md before, in and after the place of the table"
    text = PAGE.read_text(encoding='utf-8')
    if START not in text or END not in text: sys.exit(f'style: {PAGE.name} has no place {START} … {END}')
    before,_,rest = text.partition(START)
    inside,_,after = rest.partition(END)
    return before,inside.strip(),after

def stale():
    "What is wrong with the table in CONTRIBUTING.md; None if nothing is"
    _,have,_ = parts()
    want = table()
    if have==want: return None
    gone = [o for o in want.splitlines() if o not in have.splitlines()]
    return '\n  '.join(['CONTRIBUTING.md does not say:', *gone, 'run `make style`'])

def main():
    a = argparse.ArgumentParser(description='The table of how the code is written')
    for o in ('write', 'check', 'measure'): a.add_argument(f'--{o}', action='store_true')
    a = a.parse_args()
    if a.measure:
        KEPT.write_text(json.dumps(measure(), indent=1)+'\n', encoding='utf-8')
    elif a.write:
        before,_,after = parts()
        PAGE.write_text(f'{before}{START}\n{table()}\n{END}{after}', encoding='utf-8')
    elif a.check:
        sys.exit(stale())
    else:
        print(table())


if __name__=='__main__': main()
