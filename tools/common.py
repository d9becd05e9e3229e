"What the tools share: where things are, and how the cells of a notebook are read"
import ast
import json
import re
from configparser import ConfigParser
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NBS = ROOT/'nbs'
EXPORTS = {'export', 'exports', 'exporti'}


def settings(root=ROOT):
    "The section of settings.ini that says everything about the package"
    ini = ConfigParser(delimiters=['='])
    ini.read(root/'settings.ini', encoding='utf-8')
    return ini['DEFAULT']

CFG = settings()
LIB = CFG['lib_path']
SKIPPED = set(CFG['tst_flags'].split()) # flags of cells that run only when asked for


# ---- files ----

def is_private(path, root): return any(o[0] in '._' for o in path.relative_to(root).parts)

def notebooks(root=NBS):
    "All notebooks under `root`, in order; what starts with `.` or `_` is left out"
    return sorted(p for p in root.rglob('*.ipynb') if not is_private(p, root))

def modules(root=ROOT/LIB):
    "All modules under `root`, in order, without the index that nbdev writes"
    return sorted(p for p in root.rglob('*.py') if p.name!='_modidx.py')

def read(path): return json.loads(path.read_text(encoding='utf-8'))

def short(path):
    "`path` as seen from the repository, where it lies in it"
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


# ---- cells ----

def source(cell): return ''.join(cell['source'])

def is_code(cell): return cell['cell_type']=='code'

def is_prose(cell): return cell['cell_type']=='markdown'

def directives(cell):
    "What the `#|` lines of a cell say, as a dict from the first word (without its colon) to the rest"
    return dict(re.findall(r'^#\| *([\w-]+):? *(.*?) *$', source(cell), re.M))

def is_export(cell): return is_code(cell) and bool(directives(cell).keys() & EXPORTS)

def is_off(cell, name):
    "Is a directive such as `eval` or `output` set to false in this cell?"
    return directives(cell).get(name, '').lower()=='false'

def is_hidden(cell): return is_code(cell) and 'hide' in directives(cell)

def code_lines(cell):
    "The lines of a code cell that are neither blank nor a directive"
    return [o for o in source(cell).splitlines() if o.strip() and not o.startswith('#|')]

def no_fences(text): return re.sub(r'```.*?```', '', text, flags=re.S)

def no_code(text): return re.sub(r'`[^`\n]*`', '', no_fences(text))

def parse(cell):
    "The syntax tree of a code cell, magics included; None where it is no Python"
    from IPython.core.inputtransformer2 import TransformerManager
    try: return ast.parse(TransformerManager().transform_cell(source(cell)))
    except SyntaxError: return None


# ---- what a cell does when it runs ----

class Running(ast.NodeVisitor):
    "Walks over what runs when code runs: what stands inside a `def`, `class` or `lambda` does not run by itself"
    def skip(self, node): pass
    visit_FunctionDef = visit_AsyncFunctionDef = visit_ClassDef = visit_Lambda = skip


class Asserts(Running):
    "Does code assert something when it runs?"
    found = False

    def visit_Assert(self, node): self.found = True

    def visit_Call(self, node):
        if getattr(node.func, 'id', '').startswith(('test_', 'ExceptionExpected')): self.found = True
        self.generic_visit(node)


def is_test(cell):
    "Is this a cell to count: code outside the exported cells that asserts something when it runs?"
    if not is_code(cell) or is_export(cell): return False
    tree = parse(cell)
    if tree is None: return True # it cannot run, and so cannot pass
    v = Asserts()
    v.visit(tree)
    return v.found
