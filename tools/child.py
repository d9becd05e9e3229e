"""Runs one notebook in this process, as nbdev_test does, for tools/gate.py

The report is JSON: which cells ran and for how long, which of them printed something, the first error, and whether the
notebook came to its end.
"""
import json
import time
import traceback
from pathlib import Path


def shown(o):
    "Is something to be seen in this output? Warnings and progress on stderr are not counted"
    if o['output_type']=='stream': return o['name']=='stdout' and bool(''.join(o['text']).strip())
    return any(''.join(v).strip() if isinstance(v, (str, list)) else v for v in o.get('data', {}).values())

def error_of(cell, exc, where):
    "What is told of the cell that raised"
    tb = ''.join(traceback.format_exception(type(exc), exc, exc.__traceback__))
    return dict(id=cell.id, idx=where.get(cell.id), source=cell.source, tb=tb)

def recorder(base, res, where):
    "A shell that notes in `res` what ran"
    class Recorder(base):
        def run_cell(self, *a, **kw): # an exception may be falsy, and would be overlooked
            o = super().run_cell(*a, **kw)
            errors = o.result.error_before_exec,o.result.error_in_exec
            o.exception = next((e for e in errors if e is not None), None)
            return o

        def cell(self, cell, **kw):
            if cell.cell_type!='code': return
            cell.outputs,start = [],time.time()
            super().cell(cell, **kw)
            res['seconds'][cell.id] = time.time()-start
            if self.exc is None: res['ran'].append(cell.id)
            elif not res['error']: res['error'] = error_of(cell, self.exc, where)
            if any(map(shown, cell.outputs)): res['printed'].append(cell.id)

    return Recorder

def run_notebook(path, flags):
    "Run a notebook; returns what ran"
    import nbdev.test
    from nbdev.config import get_config
    from nbdev.process import NBProcessor
    where = {c.id:i for i,c in enumerate(NBProcessor(path).nb.cells)}
    res = dict(ran=[], printed=[], seconds={}, error=None)
    nbdev.test.CaptureShell = recorder(nbdev.test.CaptureShell, res, where)
    cfg = get_config()
    ok,_ = nbdev.test.test_nb(path, skip_flags=cfg.tst_flags.split(), force_flags=flags.split(), showerr=False,
                              basepath=cfg.config_path)
    return res | dict(ok=bool(ok), done=True)

def write_report(path, report, flags):
    "Run a notebook and write what ran into a file"
    Path(report).write_text(json.dumps(run_notebook(Path(path), flags)))
