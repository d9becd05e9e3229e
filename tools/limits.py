"""The limits of the house: `python tools/limits.py [NAME…]`

A name is a module (recovery), a notebook (02_msa_recovery) or a file; none means the whole tree. Every offender is
listed with its place and its figure, then `limits: N offenders`; the exit status is 1 unless there are none. With
names, what holds for the package as a whole (p90, median, shares) is shown for the part named, and does not fail.

What ruff knows (width, one statement a line, …: see pyproject.toml) is asked of ruff; measure.py counts the rest.
"""
import argparse
import subprocess
import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from common import LIB, ROOT, code_lines, directives, is_code, is_export, modules, notebooks, parse, read, short
from measure import (
    all_nodes, count_cells, defined_twice, functions, modules_imported, nodes, p90, private_imports, private_reads,
    rows, shows, silent_functions, tree_of)

NODES_P90 = 130   # syntax nodes of a function, at p90 over the package
NODES_MAX = 350   # and of the largest
RUN = 2           # export cells in a row that nothing runs between
CELL = 40         # lines of an export cell
CELL_MEDIAN = 10  # and at the median
HIDDEN = .15      # share of code cells that are hidden
LAYOUT = 'E501,E702,E703,E731' # what ruff says of a notebook already, it need not say of the module made from it


@dataclass(frozen=True)
class Offender:
    "One place where a limit is passed"
    place: str # file, and the function, line or cell in it
    what: str  # the figure, and the limit

    def __str__(self): return f'{self.place}: {self.what}'


# ---- one file ----

def function_offenders(path):
    "Functions of a module that are too large"
    for name,f in functions(tree_of(path)):
        if nodes(f)>NODES_MAX:
            yield Offender(f'{short(path)}:{f.lineno} {name}', f'{nodes(f)} syntax nodes, {NODES_MAX} at most')

def module_offenders(path, lib=LIB):
    "What passes a limit in one module of the package"
    yield from function_offenders(path)
    tree = tree_of(path)
    for line,what in [*private_imports(tree, lib), *private_reads(tree, lib)]:
        yield Offender(f'{short(path)}:{line}', f'a private name across modules: {what}')
    for line,name in defined_twice(tree): yield Offender(f'{short(path)}:{line}', f'{name} is defined twice')

def cell_place(path, nb, cell): return f"{short(path)} cell {nb['cells'].index(cell)} (id {cell.get('id', '?')})"

def start_of(cell): return (code_lines(cell) or [''])[0][:50]

def row_offenders(path, nb):
    "Export cells in a row that nothing runs between"
    for row in rows(nb):
        if len(row)<=RUN: continue
        what = f'{len(row)} export cells in a row that nothing runs between, {RUN} at most; from {start_of(row[0])!r}'
        yield Offender(cell_place(path, nb, row[0]), what)

@lru_cache
def makers():
    "The notebook that makes each module, by its name"
    return {module_of(p).stem:p for p in notebooks() if module_of(p)}

def room_offenders(path, nb):
    "Imports from notebooks that come later; what makes victims for tests may be used anywhere"
    for c in nb['cells']:
        tree = parse(c) if is_code(c) else None
        for _,name in modules_imported(tree, LIB) if tree else ():
            maker = makers().get(name)
            if maker and maker.name>path.name and name!='test_utils':
                yield Offender(cell_place(path, nb, c), f'imports {name}, which a later notebook makes')

def notebook_offenders(path):
    "What passes a limit in one notebook"
    nb = read(path)
    silent = silent_functions(nb)
    yield from row_offenders(path, nb)
    yield from room_offenders(path, nb)
    for c in nb['cells']:
        if is_export(c) and len(code_lines(c))>CELL:
            yield Offender(cell_place(path, nb, c), f'an export cell of {len(code_lines(c))} lines, {CELL} at most')
        if shows(c, silent) and not c.get('outputs'):
            what = f'shows something, and no output is stored: {code_lines(c)[-1][:60]!r}'
            yield Offender(cell_place(path, nb, c), what)


# ---- ruff ----

def ruff(*args):
    "What ruff says, a line an offender"
    cmd = [sys.executable, '-m', 'ruff', 'check', '--quiet', '--output-format', 'concise', *map(str, args)]
    r = subprocess.run(cmd, cwd=ROOT, capture_output=True, text=True)
    if r.returncode not in (0, 1): sys.exit(f'limits: ruff did not run:\n{r.stderr}')
    lines = (o.partition(' ') for o in r.stdout.splitlines() if o.strip())
    return [Offender(place.rstrip(':'), what) for place,_,what in lines]

def ruff_offenders(mods, nbs):
    "What ruff says of some notebooks and of the modules made from them"
    res = ruff('--extend-ignore', LAYOUT, *mods) if mods else []
    return res + (ruff(*nbs) if nbs else [])


# ---- the whole ----

def whole_offenders(mods, nbs):
    "What passes a limit that holds for the package as a whole"
    p,n = p90(all_nodes(mods)),count_cells(nbs)
    if p>NODES_P90: yield Offender('all functions', f'{p} syntax nodes at p90, {NODES_P90} at most')
    if n.median>CELL_MEDIAN:
        yield Offender('all export cells', f'{n.median:g} lines at the median; at most {CELL_MEDIAN}')
    if n.tests<n.exports:
        yield Offender('all notebooks', f'{n.tests} test cells for {n.exports} export cells, one for each at least')
    if n.share>HIDDEN:
        yield Offender('all notebooks', f'{n.share:.1%} of the code cells are hidden, {HIDDEN:.0%} at most')

def tools(): return sorted((ROOT/'tools').glob('*.py'))

def own_offenders(mods, nbs):
    "What passes a limit that ruff does not know, file by file"
    return [o for p in mods for o in module_offenders(p)] + [o for p in nbs for o in notebook_offenders(p)]

def tree_offenders():
    "What passes a limit that ruff does not know, in the whole tree; the tools keep the package's limits for functions"
    mods,nbs = modules(),notebooks()
    small = [o for p in tools() for o in function_offenders(p)]
    p = p90(all_nodes(tools()))
    if p>NODES_P90: small.append(Offender('tools', f'{p} syntax nodes at p90, {NODES_P90} at most'))
    return own_offenders(mods, nbs) + small + [*whole_offenders(mods, nbs)]


# ---- by name ----

@lru_cache
def module_of(path):
    "The module that a notebook makes; None where it makes none"
    for c in read(path)['cells']:
        name = directives(c).get('default_exp') if is_code(c) else None
        if name: return ROOT/LIB/f"{name.replace('.', '/')}.py"

def pick(names):
    "The modules and notebooks that names mean, always both of a pair"
    pairs = {p:module_of(p) for p in notebooks()}
    nbs = set()
    for name in names:
        hits = {p for p,m in pairs.items() if Path(name).stem in (p.stem, m and m.stem)}
        if not hits: sys.exit(f"limits: no module or notebook {name}; there are {', '.join(p.stem for p in pairs)}")
        nbs |= hits
    mods = (pairs[p] for p in nbs)
    return sorted(m for m in mods if m and m.exists()),sorted(nbs)

def largest(paths, n=12):
    "The largest functions over the mark for p90, as (nodes, place)"
    found = [(nodes(f), f'{short(p)}:{f.lineno} {name}') for p in paths for name,f in functions(tree_of(p))]
    return sorted((o for o in found if o[0]>NODES_P90), reverse=True)[:n]

def print_figures(mods, nbs):
    "Print what is near the limits in some modules and notebooks"
    n,sizes = count_cells(nbs),all_nodes(mods)
    over = sum(o>NODES_P90 for o in sizes)
    print(f'{over} of {len(sizes)} functions have over {NODES_P90} syntax nodes' + (', the largest:' if over else ''))
    for size,place in largest(mods): print(f'  {size:4} {place}')
    print(f'Syntax nodes at p90: {p90(sizes)}; {n.exports} export cells of {n.median:g} lines at the median; '
          f'{n.tests} test cells; {n.share:.0%} of {n.code} code cells hidden')

def report(names, with_ruff=True):
    "Print the offenders and the figures; returns how many offenders there are"
    mods,nbs = pick(names) if names else (modules(), notebooks())
    bad = own_offenders(mods, nbs) if names else tree_offenders()
    if with_ruff: bad += ruff_offenders(mods, nbs) + ([] if names else ruff(*tools(), 'setup.py'))
    for o in bad: print(o)
    print_figures(mods, nbs)
    print(f'limits: {len(bad)} offenders')
    return len(bad)

def main():
    a = argparse.ArgumentParser(description='Check the limits of the house')
    a.add_argument('names', nargs='*', help='modules or notebooks, such as recovery or 02_msa_recovery; none: all')
    a.add_argument('--no-ruff', action='store_true', help='what ruff knows is left to it')
    a = a.parse_args()
    sys.exit(report(a.names, not a.no_ruff)>0)


if __name__=='__main__': main()
