"""Run notebooks from top to bottom, a process each, and store their outputs

    python tools/fresh.py                     # all
    python tools/fresh.py 01_attacks index    # these
    python tools/fresh.py --flags slow        # also the cells marked slow, which else keep the outputs they have

A notebook that fails is left as it was, and the error is shown; the exit status is 1 then. Notebooks whose front matter
says `skip_exec`, and cells marked `eval: false`, are left alone. What was run is cleaned as nbdev does.
"""
import argparse
import json
import os
import sys
import tempfile
import threading
import time
import warnings
from pathlib import Path

from common import SKIPPED, directives, is_off, notebooks
from processes import heartbeat, say, tail
from warm import Warm

HERE = Path(__file__).resolve().parent


# ---- in the process of one notebook ----

def shell(skip):
    "A shell that stores the outputs of what it runs; `skip` tells which cells are left alone"
    from execnb.shell import CaptureShell
    class Fresh(CaptureShell):
        def cell(self, cell, **kw):
            if cell.cell_type!='code' or skip(cell): return
            cell.outputs = [] # also those of a cell that prints nothing now
            super().cell(cell, **kw)
            if self.exc is not None: print(f'cell {cell.idx_} (id {cell.id}) raised:\n{cell.source}\n')
    return Fresh()

def skipper(flags):
    "A test for cells that are left alone, with the cells marked `flags` run too"
    left = SKIPPED-set(flags.split())
    def skip(cell): return bool(directives(cell).keys() & left) or is_off(cell, 'eval')
    return skip

def run_here(path, out, flags):
    "Run a notebook in this process and write it, outputs stored, to `out`"
    path,skip = Path(path),skipper(flags)
    warnings.simplefilter('ignore')
    os.chdir(path.parent)
    sys.path.insert(0, str(HERE.parent))
    shell(skip).execute(path, out, exc_stop=True)


# ---- all of them ----

def skips_all(path):
    "Does the front matter say that nothing of this notebook is run?"
    from nbdev.frontmatter import FrontmatterProc
    from nbdev.process import NBProcessor
    nb = NBProcessor(path, procs=FrontmatterProc, process=True).nb
    return str(getattr(nb, 'frontmatter_', {}).get('skip_exec', False)).lower() in ('true', '1')

def clean(path):
    "What nbdev_clean does to one notebook"
    from nbdev.clean import nbdev_clean
    nbdev_clean.__wrapped__(fname=str(path))

def other_outputs(before, after):
    "How many cells of a notebook have other outputs than before"
    outs = ([json.dumps(c.get('outputs'), sort_keys=True) for c in json.loads(s)['cells']] for s in (before, after))
    return sum(a!=b for a,b in zip(*outs))

def refresh(warm, path, flags='', limit=3600):
    "Run a notebook and store its outputs; returns how many cells have others than before, or text on what went wrong"
    if skips_all(path): return 0
    before = path.read_text(encoding='utf-8')
    with tempfile.TemporaryDirectory() as d:
        out = Path(d)/path.name
        rc,log = warm.run('fresh', 'run_here', [path, out, flags], limit, path.stem)
        if rc is None: return f'still running after {limit} s, so it was stopped'
        if rc or not out.exists(): return tail(log)
        if path.read_text(encoding='utf-8')!=before: return 'it was edited meanwhile'
        path.write_text(out.read_text(encoding='utf-8'), encoding='utf-8')
    clean(path)
    return other_outputs(before, path.read_text(encoding='utf-8'))

def refresh_all(paths, flags, limit):
    "Run notebooks one after the other, a line each; returns how many failed"
    threading.Thread(target=heartbeat, daemon=True).start()
    with Warm() as warm: return sum(said(warm, p, f'{i}/{len(paths)}', flags, limit) for i,p in enumerate(paths, 1))

def said(warm, path, which, flags, limit):
    "Run a notebook and say how it went; returns whether it failed"
    start,res = time.time(),refresh(warm, path, flags, limit)
    bad = isinstance(res, str)
    what = f'failed, and is as it was:\n{res}' if bad else f'{res} of its cells have other outputs'
    say(f"  {'FAIL' if bad else 'ok  '} {which} {path.stem}: {time.time()-start:.1f} s, {what}")
    return bad

def pick(names):
    "The notebooks that names mean; all, if there are none"
    files = notebooks()
    keys = [Path(n).stem for n in names]
    if lost := sorted(set(keys)-{p.stem for p in files}):
        sys.exit(f"fresh: no notebook {', '.join(lost)} in nbs/; there are {', '.join(p.stem for p in files)}")
    return [p for p in files if not names or p.stem in keys]

def main():
    a = argparse.ArgumentParser(description='Run notebooks from top to bottom and store their outputs')
    a.add_argument('names', nargs='*', help='notebooks, such as 01_attacks; none: all')
    a.add_argument('--flags', default='', help='flags of cells to run that are else left alone, such as slow')
    a.add_argument('--limit', type=int, default=3600, help='seconds that a notebook may take')
    a = a.parse_args()
    failed = refresh_all(pick(a.names), a.flags, a.limit)
    print(f"fresh: {f'{failed} failed' if failed else 'all outputs are stored'}")
    sys.exit(failed>0)


if __name__=='__main__': main()
