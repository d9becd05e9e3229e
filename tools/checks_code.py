"Checks of the code: exported as written, clean, within the limits, whole in a wheel, of one version"
import difflib
import re
import shutil
import tempfile
import zipfile
from contextlib import contextmanager
from pathlib import Path

import limits
import style
from common import CFG, LIB, ROOT, notebooks
from processes import Failed, run, tail

EXPORT = "from nbdev.doclinks import nbdev_export\nnbdev_export.__wrapped__()"
CLEAN = "from nbdev.clean import nbdev_clean\nnbdev_clean.__wrapped__()"


def copy_into(path, d):
    "Copy a file of the repository to the same place below `d`"
    to = d/path.relative_to(ROOT)
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(path, to)

@contextmanager
def nbdev_in_copy(code, limit):
    "Run nbdev code in a copy of the notebooks and settings, so that checking changes nothing; gives the copy's folder"
    with tempfile.TemporaryDirectory() as name:
        d = Path(name)
        for p in [ROOT/'settings.ini', ROOT/LIB/'__init__.py', *notebooks()]: copy_into(p, d)
        rc,log = run(['-c', code], limit, 'nbdev', cwd=d)
        if rc!=0 or 'Failed to' in log or 'default_exp' in log: raise Failed(f'nbdev says:\n{tail(log)}')
        yield d

def py_files(d): return {str(p.relative_to(d)):p.read_text(encoding='utf-8') for p in d.rglob('*.py')}

def first_differences(have, want, n=12):
    "The first lines that differ between two texts"
    diff = list(difflib.unified_diff(have.splitlines(), want.splitlines(), 'there', 'exported', n=0, lineterm=''))
    return '\n'.join(f'    {o}' for o in diff[2:2+n])

def export_offenders(have, want):
    "How the files that are there differ from those that nbdev exports, both as dicts from name to text"
    for n in sorted(want.keys() | have.keys()):
        if n not in have: yield f'{LIB}/{n} is missing'
        elif n not in want: yield f'{LIB}/{n} comes from no notebook'
        elif want[n]!=have[n]: yield f'{LIB}/{n} differs:\n{first_differences(have[n], want[n])}'

def check_export(limit):
    "the exported code is what the notebooks say"
    with nbdev_in_copy(EXPORT, limit) as d: want,have = py_files(d/LIB),py_files(ROOT/LIB)
    bad = list(export_offenders(have, want))
    if bad: raise Failed('\n  '.join(bad) + '\n  edit the notebooks, not the code, and run `make export`')

def check_clean(limit):
    "the notebooks are clean"
    with nbdev_in_copy(CLEAN, limit) as d:
        bad = [p.name for p in notebooks() if p.read_bytes()!=(d/p.relative_to(ROOT)).read_bytes()]
    if bad: raise Failed(f"not clean: {', '.join(bad)}; run `make export`")

def listed(offenders, n=40):
    "The first offenders, a line each"
    rest = [f'… and {len(offenders)-n} more'] if len(offenders)>n else []
    return '\n  '.join([*map(str, offenders[:n]), *rest])

def check_ruff(limit):
    "ruff finds nothing in the package, the notebooks and the tools"
    bad = limits.ruff('.')
    if bad: raise Failed(listed(bad))

def check_limits(limit):
    "functions, names across modules, export cells and hidden cells are within the limits"
    bad = limits.tree_offenders()
    if bad: raise Failed(listed(bad) + '\n  `python tools/limits.py NAME` lists them all')

def check_style(limit):
    "the table in CONTRIBUTING.md tells of this tree"
    if why := style.stale(): raise Failed(why)

def build_wheel(d, limit):
    "Build a wheel of the package in folder `d`; returns its path"
    for n in ('settings.ini', 'setup.py', 'pyproject.toml', 'README.md'): shutil.copy(ROOT/n, d)
    shutil.copytree(ROOT/LIB, d/LIB, ignore=shutil.ignore_patterns('__pycache__'))
    rc,log = run(['setup.py', '-q', 'bdist_wheel', '-d', 'out'], limit, 'wheel', cwd=d)
    wheels = list(d.glob('out/*.whl'))
    if rc!=0 or len(wheels)!=1: raise Failed(f'no wheel came of it:\n{tail(log)}')
    return wheels[0]

def package_files():
    "All files of the package, as seen from the repository"
    return {str(p.relative_to(ROOT)) for p in (ROOT/LIB).rglob('*') if p.is_file() and '__pycache__' not in p.parts}

def check_wheel(limit):
    "a wheel holds all of the package, also what is no code"
    want = package_files()
    with tempfile.TemporaryDirectory() as d:
        wheel = build_wheel(Path(d), limit)
        have = set(zipfile.ZipFile(wheel).namelist())
    if lost := sorted(want-have): raise Failed(f"not in the wheel: {', '.join(lost)}; see `package_data` in setup.py")
    if f'{LIB}/py.typed' not in have: raise Failed(f'the wheel has no {LIB}/py.typed')
    v = CFG['version']
    if f'-{v}-' not in wheel.name: raise Failed(f'the wheel is not of version {v}: {wheel.name}')

def check_version(limit):
    "settings.ini, CITATION.cff and CHANGELOG.md tell of the same version"
    v = CFG['version']
    if not re.search(rf'^version: {re.escape(v)}$', (ROOT/'CITATION.cff').read_text(), re.M):
        raise Failed(f'CITATION.cff does not say `version: {v}`, as settings.ini does')
    if not re.search(rf'^## {re.escape(v)}$', (ROOT/'CHANGELOG.md').read_text(), re.M):
        raise Failed(f'CHANGELOG.md has no section `## {v}`')
