"""The limits of the house that ruff does not know: `python tools/limits.py [NAME…]`

A name is a module (recovery), a notebook (02_msa_recovery) or a file; none means the whole tree. Every offender is listed
with its place and its figure, then `limits: N offenders`; the exit status is 1 unless there are none. With names, the
figures that hold for the package as a whole (p90, median, shares) are shown for the part that is named, and do not fail.

What is limited, and how it is counted:
- syntax nodes of a function: `ast.walk` over its statements, without the docstring and the parameters
- names with a leading underscore that one module imports from another, or reads as `module._name`
- lines over 120 characters, of those that are not blank
- export cells in a row: what ends a row is a cell that runs, and shows something or tests something
- lines of an export cell: those that are neither blank nor a directive
- hidden cells: code cells marked `hide`
- visible cells that print, or that end with a value, and have no output stored
"""
import argparse
import ast
import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from common import (
    LIB, ROOT, SKIPPED, Running, code_lines, directives, is_code, is_export, is_test, modules, notebooks, parse,
    read, source)

WIDTH = 120       # characters of a line
NODES_P90 = 130   # syntax nodes of a function, at p90 over the package
NODES_MAX = 350   # and of the largest
RUN = 2           # export cells in a row
CELL = 40         # lines of an export cell
CELL_MEDIAN = 10  # and at the median
HIDDEN = .15      # share of code cells that are hidden


@dataclass(frozen=True)
class Offender:
    "One place where a limit is passed"
    place: str   # file, and the function, line or cell in it
    what: str    # the figure, and the limit

    def __str__(self): return f'{self.place}: {self.what}'


def p90(xs):
    "The value that a tenth of `xs` reaches or passes; 0 of none"
    return sorted(xs)[int(.9*len(xs))] if xs else 0

def short(path):
    "`path` as seen from the repository, where it lies in it"
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


# ---- modules ----

def statements(f):
    "The statements of a function without its docstring"
    return f.body[ast.get_docstring(f, clean=False) is not None:]

def nodes(f):
    "Syntax nodes of a function"
    return sum(1 for o in statements(f) for _ in ast.walk(o))

def functions(tree, outer=''):
    "All functions and methods below `tree` as (dotted name, node), nested ones too"
    for o in ast.iter_child_nodes(tree):
        named = isinstance(o, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
        name = f'{outer}.{o.name}'.lstrip('.') if named else outer
        if named and not isinstance(o, ast.ClassDef): yield name,o
        yield from functions(o, name)

def is_hidden_name(name): return name.startswith('_') and not name.startswith('__')

def private_imports(tree, lib=LIB):
    "Private names that a module of package `lib` takes from another one, as (line, name)"
    aliases = {}
    for o in ast.walk(tree):
        if not isinstance(o, ast.ImportFrom): continue
        module = o.module or ''
        if not (o.level or module==lib or module.startswith(f'{lib}.')): continue
        for a in o.names:
            aliases[a.asname or a.name] = module
            if is_hidden_name(a.name): yield o.lineno,f'from {"."*o.level}{module} import {a.name}'

def long_lines(path, width=WIDTH):
    "The lines of a file over `width` characters, as (number, length)"
    lines = path.read_text(encoding='utf-8').splitlines()
    return [(i, len(o)) for i,o in enumerate(lines, 1) if len(o)>width and o.strip()]

def module_offenders(path):
    "What passes a limit in one module; its long lines are told with the notebook that makes it"
    tree = ast.parse(path.read_text(encoding='utf-8'))
    for name,f in functions(tree):
        if nodes(f)>NODES_MAX: yield Offender(f'{short(path)}:{f.lineno} {name}', f'{nodes(f)} syntax nodes, {NODES_MAX} at most')
    for line,what in private_imports(tree): yield Offender(f'{short(path)}:{line}', f'a private name across modules: {what}')

def largest(paths, n=12):
    "The largest functions over the mark for p90, as (nodes, place)"
    found = []
    for p in paths:
        tree = ast.parse(p.read_text(encoding='utf-8'))
        found += [(nodes(f), f'{short(p)}:{f.lineno} {name}') for name,f in functions(tree)]
    return sorted((o for o in found if o[0]>NODES_P90), reverse=True)[:n]

def all_nodes(paths):
    "Syntax nodes of every function in these modules"
    return [nodes(f) for p in paths for _,f in functions(ast.parse(p.read_text(encoding='utf-8')))]


# ---- notebooks ----

def is_off(cell, name): return directives(cell).get(name, '').lower()=='false'

def is_hidden(cell): return is_code(cell) and 'hide' in directives(cell)

def is_only_imports(cell):
    "Does a cell hold nothing but imports (or nothing at all)?"
    tree = parse(cell)
    return tree is not None and all(isinstance(o, (ast.Import, ast.ImportFrom)) for o in tree.body)

def runs(cell):
    "Is this a cell between export cells that runs, and shows something or tests something?"
    if not is_code(cell) or is_export(cell) or is_off(cell, 'eval'): return False
    if directives(cell).keys() & SKIPPED: return bool(cell.get('outputs'))
    return bool(cell.get('outputs')) or is_test(cell)

def rows(nb):
    "The rows of export cells that nothing runs between, each a list of cells; cells that only import do not count"
    row = []
    for c in nb['cells']:
        if is_export(c) and not is_only_imports(c): row.append(c)
        elif runs(c) and row:
            yield row
            row = []
    if row: yield row

SILENT = ('test_', 'ExceptionExpected', 'assert', 'seed', 'set_', 'save', 'nbdev_', 'show_doc')
SILENT_METHODS = {
    'append', 'extend', 'update', 'add', 'clear', 'pop', 'fit', 'fit_one_cycle', 'eval', 'train', 'close', 'save', 'savez',
    'load_state_dict', 'manual_seed', 'write_text', 'write_bytes', 'mkdir'}

class Prints(Running):
    "Does code print something whenever it runs? What stands under an `if` may not run"
    def __init__(self, names=('print', 'display')): self.names,self.found = set(names),False

    def visit_Call(self, node):
        if getattr(node.func, 'id', '') in self.names: self.found = True
        self.generic_visit(node)

    def visit_With(self, node):
        "Inside a block that catches what is printed, nothing is shown"
        catches = any(word in ast.unparse(o.context_expr) for o in node.items for word in ('redirect', 'capture', 'Expected'))
        if not catches: self.generic_visit(node)

    def visit_If(self, node): self.visit(node.test)

def returns_nothing(f):
    "Is this a function that gives no value back?"
    gives = any(isinstance(o, (ast.Yield, ast.YieldFrom)) or isinstance(o, ast.Return) and o.value for o in ast.walk(f))
    return isinstance(f, ast.FunctionDef) and not gives

def silent_functions(nb):
    "Names of the functions of a notebook that give no value back"
    trees = [parse(c) for c in nb['cells'] if is_code(c)]
    return {o.name for t in trees if t for o in ast.walk(t) if returns_nothing(o)}

def ends_with_value(tree, text, silent=()):
    "Does a cell end with an expression that shows itself? A call that is known to give nothing back does not"
    if not tree.body or not isinstance(tree.body[-1], ast.Expr) or text.rstrip().endswith(';'): return False
    value = tree.body[-1].value
    if isinstance(value, ast.Constant): return value.value is not None
    if not isinstance(value, ast.Call): return True
    if isinstance(value.func, ast.Attribute):
        name = value.func.attr
        return name not in SILENT_METHODS and not name.endswith('_') and not name.startswith(SILENT)
    name = getattr(value.func, 'id', '')
    return name not in silent and not name.startswith(SILENT)

def shows(cell, silent=()):
    "Should this visible cell have an output, as far as its text tells? The gate looks at what it prints when it runs"
    d = directives(cell)
    if not is_code(cell) or is_export(cell) or is_hidden(cell) or d.keys() & SKIPPED: return False
    if any(is_off(cell, o) for o in ('eval', 'output', 'include')): return False
    tree = parse(cell)
    if tree is None: return False
    v = Prints()
    v.visit(tree)
    return v.found or ends_with_value(tree, source(cell), silent)

def cell_name(nb, cell): return f"cell {nb['cells'].index(cell)} (id {cell.get('id', '?')})"

def notebook_offenders(path):
    "What passes a limit in one notebook"
    nb = read(path)
    silent = silent_functions(nb)
    for row in rows(nb):
        if len(row)<=RUN: continue
        first = (code_lines(row[0]) or [''])[0][:50]
        yield Offender(f'{short(path)} {cell_name(nb, row[0])}', f'{len(row)} export cells in a row that nothing runs between, {RUN} at most; from {first!r}')
    for c in nb['cells']:
        if is_export(c) and len(code_lines(c))>CELL:
            yield Offender(f'{short(path)} {cell_name(nb, c)}', f'an export cell of {len(code_lines(c))} lines, {CELL} at most')
        if shows(c, silent) and not c.get('outputs'):
            yield Offender(f'{short(path)} {cell_name(nb, c)}', f'shows something, and no output is stored: {code_lines(c)[-1][:60]!r}')
        if is_code(c):
            for i,line in enumerate(source(c).splitlines(), 1):
                if len(line)>WIDTH: yield Offender(f'{short(path)} {cell_name(nb, c)} line {i}', f'{len(line)} characters, {WIDTH} at most')


@dataclass(frozen=True)
class Counts:
    "How many cells of a kind some notebooks have"
    lines: list   # of each export cell that does more than import
    tests: int    # cells that assert something
    code: int     # code cells
    hidden: int   # of those, the hidden ones

    @property
    def share(self): return self.hidden/max(self.code, 1)

    @property
    def median(self): return median(self.lines) if self.lines else 0

def count_cells(paths):
    "Count the cells of some notebooks"
    cells = [c for p in paths for c in read(p)['cells'] if is_code(c)]
    lines = [len(code_lines(c)) for c in cells if is_export(c) and not is_only_imports(c)]
    return Counts(lines, sum(map(is_test, cells)), len(cells), sum(map(is_hidden, cells)))


# ---- the whole ----

def whole_offenders(mods, nbs):
    "What passes a limit that holds for the whole: p90, medians, shares"
    p,n = p90(all_nodes(mods)),count_cells(nbs)
    if p>NODES_P90: yield Offender('all functions', f'{p} syntax nodes at p90, {NODES_P90} at most')
    if n.median>CELL_MEDIAN: yield Offender('all export cells', f'{n.median:g} lines at the median, {CELL_MEDIAN} at most')
    if n.tests<len(n.lines): yield Offender('all notebooks', f'{n.tests} test cells for {len(n.lines)} export cells, one each at least')
    if n.share>HIDDEN: yield Offender('all notebooks', f'{n.share:.1%} of the code cells are hidden, {HIDDEN:.0%} at most')

def module_of(path):
    "The module that a notebook makes; None where it makes none"
    for c in read(path)['cells']:
        if is_code(c) and (name := directives(c).get('default_exp')): return ROOT/LIB/f"{name.replace('.', '/')}.py"

def pick(names):
    "The modules and notebooks that names mean, both of a pair"
    pairs = [(module_of(p), p) for p in notebooks()]
    mods,nbs = set(),set()
    for name in names:
        key = Path(name).stem
        hits = [(m, p) for m,p in pairs if key in (p.stem, m.stem if m else None)]
        if not hits: sys.exit(f"limits: no module or notebook {name}; there are {', '.join(p.stem for _,p in pairs)}")
        mods |= {m for m,_ in hits if m and m.exists()}
        nbs |= {p for _,p in hits}
    return sorted(mods),sorted(nbs)

def offenders(names=()):
    "Everything that passes a limit, in the whole tree or in what names mean"
    mods,nbs = pick(names) if names else (modules(), notebooks())
    res = [o for p in mods for o in module_offenders(p)]
    res += [o for p in nbs for o in notebook_offenders(p)]
    if not names: res += whole_offenders(mods, nbs)
    return res

def report(names):
    "Print the offenders and the figures; returns how many there are"
    bad = offenders(names)
    print(*bad, sep='\n', end='\n'*bool(bad))
    mods,nbs = pick(names) if names else (modules(), notebooks())
    n = count_cells(nbs)
    over = largest(mods)
    if over: print(f'largest functions over {NODES_P90} nodes (a tenth of all may be):', *(f'  {k:4} {place}' for k,place in over), sep='\n')
    print(f'syntax nodes p90 {p90(all_nodes(mods))}; export cells {len(n.lines)}, median {n.median:g} lines; '
          f'test cells {n.tests}; hidden {n.share:.0%} of {n.code} code cells')
    print(f'limits: {len(bad)} offenders')
    return len(bad)

def main():
    a = argparse.ArgumentParser(description='Check the limits of the house that ruff does not know')
    a.add_argument('names', nargs='*', help='modules or notebooks, such as recovery or 02_msa_recovery; none: all')
    sys.exit(report(a.parse_args().names)>0)


if __name__=='__main__': main()
