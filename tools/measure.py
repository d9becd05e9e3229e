"""What can be counted in code: syntax nodes, characters, private names, cells

Nothing here knows a limit (tools/limits.py does) or a table (tools/style.py does). How things are counted:
- syntax nodes of a function: `ast.walk` over its statements, without its docstring and its parameters
- lines: those that are not blank
- private names: with one leading underscore, imported from another module of the same package
- lines of an export cell: those that are neither blank nor a directive; cells that only import are left out
- export cells in a row: what ends a row is a cell that runs, and shows something or tests something
"""
import ast
import re
from dataclasses import dataclass
from statistics import median

from common import (
    SKIPPED, Running, code_lines, directives, is_code, is_export, is_hidden, is_off, is_test, parse, read, source)


def p90(xs):
    "The value that a tenth of `xs` reaches or passes; 0 of none"
    return sorted(xs)[int(.9*len(xs))] if xs else 0

def tree_of(path): return ast.parse(path.read_text(encoding='utf-8'))


# ---- functions ----

DEFS = ast.FunctionDef, ast.AsyncFunctionDef

def statements(f):
    "The statements of a function without its docstring"
    return f.body[ast.get_docstring(f, clean=False) is not None:]

def nodes(f):
    "Syntax nodes of a function"
    return sum(1 for o in statements(f) for _ in ast.walk(o))

def functions(tree, outer=()):
    "All functions and methods below `tree` as (dotted name, node), nested ones too"
    for o in ast.iter_child_nodes(tree):
        named = isinstance(o, (*DEFS, ast.ClassDef))
        path = (*outer, o.name) if named else outer
        if isinstance(o, DEFS): yield '.'.join(path),o
        yield from functions(o, path)

def all_nodes(paths):
    "Syntax nodes of every function in some modules"
    return [nodes(f) for p in paths for _,f in functions(tree_of(p))]


def is_patch(o): return any('patch' in ast.unparse(d) for d in o.decorator_list)

def defined_twice(tree):
    "Functions and classes of a module whose name an earlier one has, as (line, name); methods made with `@patch` may"
    seen = set()
    for o in tree.body:
        if not isinstance(o, (*DEFS, ast.ClassDef)) or is_patch(o): continue
        if o.name in seen: yield o.lineno,o.name
        seen.add(o.name)


# ---- lines ----

def widths(paths):
    "The lengths of all lines of some modules"
    return [len(o) for p in paths for o in p.read_text(encoding='utf-8').splitlines() if o.strip()]


# ---- names across modules ----

def is_private_name(name): return name.startswith('_') and not name.startswith('__')

def is_ours(o, lib):
    "Does this `from … import` take something from package `lib`?"
    module = o.module or ''
    return bool(o.level) or module==lib or module.startswith(f'{lib}.')

def private_imports(tree, lib):
    "Private names that a module of package `lib` imports from another one, as (line, what)"
    for o in ast.walk(tree):
        if not isinstance(o, ast.ImportFrom) or not is_ours(o, lib): continue
        for a in o.names:
            if is_private_name(a.name): yield o.lineno,f"from {'.'*o.level}{o.module or ''} import {a.name}"

def modules_imported(tree, lib):
    "The modules of package `lib` that code imports, as (line, name)"
    for o in ast.walk(tree):
        if isinstance(o, ast.ImportFrom) and is_ours(o, lib):
            name = (o.module or '').removeprefix(lib).lstrip('.')
            yield from ((o.lineno, n) for n in ([name] if name else [a.name for a in o.names]))
        if isinstance(o, ast.Import):
            yield from ((o.lineno, a.name.removeprefix(f'{lib}.')) for a in o.names if a.name.startswith(f'{lib}.'))

def module_names(tree, lib):
    "Names under which a module of package `lib` knows other modules of it"
    for o in ast.walk(tree):
        if isinstance(o, ast.ImportFrom) and is_ours(o, lib) and o.module in (None, lib):
            yield from (a.asname or a.name for a in o.names)
        if isinstance(o, ast.Import):
            yield from (a.asname for a in o.names if a.asname and a.name.startswith(f'{lib}.'))

def private_reads(tree, lib):
    "Private names that a module of package `lib` reads from another one by a dot, as (line, what)"
    known = set(module_names(tree, lib))
    for o in ast.walk(tree):
        if not isinstance(o, ast.Attribute) or not is_private_name(o.attr): continue
        if isinstance(o.value, ast.Name) and o.value.id in known: yield o.lineno,f'{o.value.id}.{o.attr}'


# ---- cells of notebooks ----

def only_imports(tree):
    "Does code hold nothing but imports (or nothing at all)?"
    return tree is not None and all(isinstance(o, (ast.Import, ast.ImportFrom)) for o in tree.body)

def is_plain_export(cell):
    "Is this an export cell that does more than import?"
    return is_export(cell) and not only_imports(parse(cell))

def runs(cell):
    "Is this a cell between export cells that runs, and shows something or tests something?"
    if not is_code(cell) or is_export(cell) or is_off(cell, 'eval'): return False
    stored = bool(cell.get('outputs'))
    if directives(cell).keys() & SKIPPED: return stored
    return stored or is_test(cell)

def rows(nb):
    "The rows of export cells that nothing runs between, each a list of cells; cells that only import do not count"
    row = []
    for c in nb['cells']:
        if is_plain_export(c): row.append(c)
        elif runs(c) and row:
            yield row
            row = []
    if row: yield row

def longest_row(paths): return max((len(row) for p in paths for row in rows(read(p))), default=0)

@dataclass(frozen=True)
class Counts:
    "How many cells of a kind some notebooks have"
    exports: int # export cells that do more than import
    median: float # lines of such a cell, at the median
    tests: int   # cells that assert something
    code: int    # code cells
    hidden: int  # of those, the hidden ones

    @property
    def share(self): return self.hidden/max(self.code, 1)

def count_cells(paths):
    "Count the cells of some notebooks"
    cells = [c for p in paths for c in read(p)['cells'] if is_code(c)]
    lines = [len(code_lines(c)) for c in cells if is_plain_export(c)]
    tests,hidden = sum(map(is_test, cells)),sum(map(is_hidden, cells))
    return Counts(len(lines), median(lines) if lines else 0, tests, len(cells), hidden)


# ---- cells of exported modules, where there are no notebooks ----

def exported_cells(paths):
    "The lines of each exported cell of some modules, by the marks that nbdev writes; what only imports is left out"
    for p in paths:
        parts = re.split(r'^# %% .*$', p.read_text(encoding='utf-8'), flags=re.M)[1:]
        for s in parts:
            if s.lstrip().startswith('__all__'): continue
            lines = [o for o in s.splitlines() if o.strip()]
            if lines and not only_imports(ast.parse(s)): yield lines


# ---- what should show something ----

SILENT = 'test_', 'ExceptionExpected', 'assert', 'seed', 'set_', 'save', 'nbdev_', 'show_doc'
SILENT_METHODS = {
    'append', 'extend', 'update', 'add', 'clear', 'pop', 'fit', 'fit_one_cycle', 'eval', 'train', 'close', 'savez',
    'load_state_dict', 'manual_seed', 'write_text', 'write_bytes', 'mkdir', 'mkfifo', 'makedirs', 'unlink', 'rmtree',
    'warn'}
CATCHING = 'redirect', 'capture', 'Expected'

class Prints(Running):
    "Does code print something whenever it runs? What stands under an `if` or in a loop may not run"
    found = False

    def visit_Call(self, node):
        if getattr(node.func, 'id', '') in ('print', 'display'): self.found = True
        self.generic_visit(node)

    def visit_With(self, node):
        "Inside a block that catches what is printed, nothing is shown"
        context = ' '.join(ast.unparse(o.context_expr) for o in node.items)
        if not any(word in context for word in CATCHING): self.generic_visit(node)

    def visit_If(self, node): self.visit(node.test)
    def visit_For(self, node): self.visit(node.iter)

def returns_nothing(f):
    "Is this a function that gives no value back?"
    if not isinstance(f, ast.FunctionDef): return False
    inside = list(ast.walk(f))
    yields = any(isinstance(o, (ast.Yield, ast.YieldFrom)) for o in inside)
    return not yields and not any(isinstance(o, ast.Return) and o.value for o in inside)

def silent_functions(nb):
    "Names of the functions of a notebook that give no value back"
    trees = [parse(c) for c in nb['cells'] if is_code(c)]
    return {o.name for t in trees if t for o in ast.walk(t) if returns_nothing(o)}

def is_silent_call(value, silent):
    "Is this a call that is known to give nothing back?"
    name = getattr(value.func, 'attr', None) or getattr(value.func, 'id', '')
    if name.startswith(SILENT): return True
    if isinstance(value.func, ast.Attribute): return name in SILENT_METHODS or name.endswith('_')
    return name in silent

def ends_with_value(tree, silent=()):
    "Does a cell end with an expression that shows itself?"
    if not tree.body or not isinstance(tree.body[-1], ast.Expr): return False
    value = tree.body[-1].value
    if isinstance(value, ast.Constant): return value.value is not None
    return not (isinstance(value, ast.Call) and is_silent_call(value, silent))

def is_visible(cell):
    "Does the page show what this code cell prints? Exported cells print nothing"
    if not is_code(cell) or is_export(cell) or is_hidden(cell): return False
    return not any(is_off(cell, o) for o in ('eval', 'output', 'include'))

def shows(cell, silent=()):
    "Should this visible cell have an output, as far as its text tells? The gate looks at what it prints when it runs"
    tree = parse(cell) if is_visible(cell) else None
    if tree is None or source(cell).rstrip().endswith(';'): return False
    v = Prints()
    v.visit(tree)
    return v.found or ends_with_value(tree, silent)
