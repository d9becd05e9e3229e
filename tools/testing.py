"Runs the notebooks' tests, a process each, and counts them"
import json
import tempfile
import time
from pathlib import Path

from common import NBS, is_export, is_test, read
from measure import is_visible
from processes import say, tail


def unstored(nb, printed):
    "Visible cells that printed something and have no output stored, as (number, id)"
    cells = enumerate(nb['cells'])
    return [(i, c['id']) for i,c in cells if c.get('id') in printed and is_visible(c) and not c.get('outputs')]

def why_incomplete(nb, printed):
    "What a notebook lacks that ran to its end; None if nothing"
    exports,tests = (any(map(f, nb['cells'])) for f in (is_export, is_test))
    if exports and not tests: return 'exports code but tests none of it'
    if lost := unstored(nb, printed):
        cells = ', '.join(f'{i} (id {name})' for i,name in lost)
        return f'prints, and has no output stored, in cells {cells}; run `make outputs ARGS=…`'

def why_failed(nb, res, rc, log, limit):
    "What is wrong with the run of a notebook; None if nothing is"
    if rc is None: return f'still running after {limit} s, so it was stopped; `--limit` sets the limit'
    if err := res.get('error'):
        return f"cell {err['idx']} (id {err['id']}) raised:\n{tail(err['source'], 12)}\n  with\n{tail(err['tb'])}"
    if rc or not res.get('done') or not res.get('ok'): return f'its process ended early, with status {rc}:\n{tail(log)}'
    return why_incomplete(nb, set(res['printed']))

def run_child(path, flags, limit, name, warm):
    "Run a notebook in a process of its own; returns its report, its exit status and all it printed"
    with tempfile.TemporaryDirectory() as d:
        report = Path(d)/'report.json'
        rc,log = warm.run('child', 'write_report', [path, report, flags], limit, name)
        return json.loads(report.read_text()) if report.exists() else {},rc,log

def count_tests(nb, ran):
    "How many of the tests of a notebook ran, how many did not"
    tests = [c['id'] for c in nb['cells'] if is_test(c)]
    passed = sum(o in ran for o in tests)
    return passed,len(tests)-passed

def slow_cells(name, seconds, least):
    "Lines about the cells of a notebook that took `least` seconds or more, the slowest first"
    slow = sorted(((s,cell) for cell,s in seconds.items() if s>=least), reverse=True)
    return [f'{name}, cell {cell}: {s:.1f} s' for s,cell in slow]

def test_notebook(path, flags, limit, warm, slow=None):
    "Run one notebook, forked from a warm process; returns how many tests passed, how many failed"
    name,start,nb = str(path.relative_to(NBS).with_suffix('')),time.time(),read(path)
    res,rc,log = run_child(path, flags, limit, name, warm)
    why = why_failed(nb, res, rc, log, limit)
    passed,left = count_tests(nb, set(res.get('ran', [])))
    not_run = f', {left} not run' if left else ''
    line = f"  {'FAIL' if why else 'ok  '} {name}: {passed} tests{not_run}, {time.time()-start:.1f} s"
    cells = [] if slow is None else slow_cells(name, res.get('seconds', {}), slow)
    say('\n  '.join([line, *cells, *([f'{name}: {why}'] if why else [])]))
    return passed,int(bool(why))
