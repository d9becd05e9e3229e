"""The gate: what must hold before a change goes in

    python tools/gate.py                     # everything
    python tools/gate.py 01_attacks index    # only these notebooks' tests
    python tools/gate.py --flags slow        # with the cells marked `#| slow`

Every notebook runs in a process of its own, through nbdev's `test_nb`. What is counted: each code cell outside the exported
ones that asserts something when it runs (`assert`, or a `test_…(` of fastcore.test) and ran without error, and each check of
this file. The first cell that raises, whatever it holds, counts as failed and ends its notebook. Nothing here writes to
what is under version control. The last line is `N passed, M failed`, and the exit status is 1 unless M is 0.
"""
import argparse, ast, difflib, json, os, re, shutil, signal, subprocess, sys, tempfile, threading, time, traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NBS = ROOT/'nbs'
TAIL = 25 # lines of a traceback to show

def say(*a): print(*a, flush=True)
def tail(s, n=TAIL): return '\n'.join(f'    {l}' for l in s.strip().splitlines()[-n:])
def notebooks(path=NBS):
    return sorted(p for p in path.rglob('*.ipynb') if not any(o[0] in '._' for o in p.relative_to(path).parts))
def read(p): return json.loads(p.read_text(encoding='utf-8'))
def source(cell): return ''.join(cell['source'])

class Failed(Exception):
    "A check that did not pass; its message says what is wrong and what to do"

# ---- processes: none outlives its time limit, or this program ----

running = {} # process -> what it runs and since when

def start_limits():
    "One thread on each core for each of our processes: with more, several of them on few cores get many times slower"
    env = {**os.environ, **{f'{o}_NUM_THREADS':'1' for o in ('OMP','MKL','OPENBLAS')}, 'PYTHONUNBUFFERED':'1'}
    env.pop('IN_TEST', None) # with it, nbdev_export silently does nothing
    return env

def kill(p):
    try: os.killpg(p.pid, signal.SIGKILL)
    except ProcessLookupError: pass

def run(cmd, limit, name, cwd=ROOT):
    "Run `cmd` for at most `limit` seconds; returns exit status (None: out of time) and all it printed"
    with tempfile.TemporaryFile('w+', encoding='utf-8', errors='replace') as log:
        p = subprocess.Popen([sys.executable, *map(str, cmd)], cwd=cwd, env=start_limits(), stdin=subprocess.DEVNULL,
                             stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
        running[p] = name,time.time()
        try: rc = p.wait(limit)
        except subprocess.TimeoutExpired: rc = None
        finally:
            kill(p) # also what it started and left
            p.wait()
            running.pop(p, None)
        log.seek(0)
        return rc,log.read()

def heartbeat(every=30):
    "Say now and then what is running, so that a slow machine shows life"
    while True:
        time.sleep(every)
        if running: say('  … running:', ', '.join(f'{n} ({time.time()-t:.0f} s)' for n,t in list(running.values())))

# ---- one notebook, in a process of its own ----

class Asserts(ast.NodeVisitor):
    "Does code assert something when it runs? What stands inside a `def`, `class` or `lambda` does not run by itself"
    found = False
    def visit_Assert(self, node): self.found = True
    def visit_Call(self, node):
        if getattr(node.func, 'id', '').startswith(('test_','ExceptionExpected')): self.found = True
        self.generic_visit(node)
    def skip(self, node): pass
    visit_FunctionDef = visit_AsyncFunctionDef = visit_ClassDef = visit_Lambda = skip

def is_test(cell): # a code cell as `NBProcessor` gives it
    "Is this a cell to count?"
    if cell.cell_type!='code' or cell.directives_.keys() & {'export','exports','exporti'}: return False
    from IPython.core.inputtransformer2 import TransformerManager
    try: tree = ast.parse(TransformerManager().transform_cell(cell.source))
    except SyntaxError: return True # it cannot run, and so cannot pass
    v = Asserts()
    v.visit(tree)
    return v.found

def child(path, report, flags):
    "Run notebook `path` as nbdev_test does and write to `report` what ran"
    import nbdev.test
    from nbdev.config import get_config
    from nbdev.process import NBProcessor
    cells = NBProcessor(path).nb.cells
    res = dict(tests=[c.id for c in cells if is_test(c)], exports=any(c.directives_.keys() & {'export','exports','exporti'} for c in cells), ran=[], error=None)
    where = {c.id:i for i,c in enumerate(cells)}
    class Recorder(nbdev.test.CaptureShell):
        def run_cell(self, *a, **kw): # an exception may be falsy, and would be overlooked
            o = super().run_cell(*a, **kw)
            o.exception = next((e for e in (o.result.error_before_exec, o.result.error_in_exec) if e is not None), None)
            return o
        def cell(self, cell, **kw):
            super().cell(cell, **kw)
            if cell.cell_type!='code': return
            if self.exc is None: res['ran'].append(cell.id)
            elif not res['error']:
                e = self.exc
                tb = ''.join(traceback.format_exception(type(e), e, e.__traceback__))
                res['error'] = dict(id=cell.id, idx=where.get(cell.id), source=cell.source, tb=tb)
    nbdev.test.CaptureShell = Recorder
    cfg = get_config()
    ok,_ = nbdev.test.test_nb(path, skip_flags=cfg.tst_flags.split(), force_flags=flags.split(), showerr=False, basepath=cfg.config_path)
    res.update(ok=bool(ok), done=True)
    report.write_text(json.dumps(res))

def test_notebook(path, flags, limit):
    "Run one notebook; returns how many tests passed, how many failed"
    name,start = str(path.relative_to(NBS).with_suffix('')),time.time()
    with tempfile.TemporaryDirectory() as d:
        report = Path(d)/'report.json'
        rc,log = run([__file__, '--child', path, '--report', report, '--flags', flags], limit, name)
        res = json.loads(report.read_text()) if report.exists() else {}
    secs,err = time.time()-start,res.get('error')
    tests,ran = res.get('tests',[]),set(res.get('ran',[]))
    passed = sum(o in ran for o in tests)
    why = None
    if rc is None: why = f'still running after {limit} s, so it was stopped; `--limit` sets the limit'
    elif err: why = f"cell {err['idx']} (id {err['id']}) raised:\n{tail(err['source'], 12)}\n  with\n{tail(err['tb'])}"
    elif rc or not res.get('done') or not res.get('ok'): why = f'its process ended early, with status {rc}:\n{tail(log)}'
    elif res['exports'] and not tests: why = 'exports code but tests none of it'
    note = f"{passed} tests" + (f', {len(tests)-passed} not run' if len(tests)>passed else '')
    say(f"  {'FAIL' if why else 'ok  '} {name}: {note}, {secs:.1f} s" + (f'\n  {name}: {why}' if why else ''))
    return passed,int(bool(why))

# ---- the checks ----

def nbdev_in_copy(code, limit):
    "Run nbdev code in a copy of the notebooks and settings, so that checking changes nothing; returns the copy's folder"
    d = Path(tempfile.mkdtemp())
    shutil.copy(ROOT/'settings.ini', d)
    for p in notebooks():
        q = d/p.relative_to(ROOT)
        q.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(p, q)
    (d/LIB).mkdir()
    if (ROOT/LIB/'__init__.py').exists(): shutil.copy(ROOT/LIB/'__init__.py', d/LIB)
    rc,log = run(['-c', code], limit, 'nbdev', cwd=d)
    if rc!=0 or 'Failed to' in log or 'default_exp' in log:
        shutil.rmtree(d)
        raise Failed(f'nbdev says:\n{tail(log)}')
    return d

def py_files(d): return {str(p.relative_to(d)):p.read_text(encoding='utf-8') for p in d.rglob('*.py')}

def check_export(limit):
    "the exported code is what the notebooks say"
    d = nbdev_in_copy('from nbdev.doclinks import nbdev_export; nbdev_export.__wrapped__()', limit)
    try: want,have = py_files(d/LIB),py_files(ROOT/LIB)
    finally: shutil.rmtree(d)
    msgs = [f'{LIB}/{n} is missing' for n in sorted(want.keys()-have.keys())]
    msgs += [f'{LIB}/{n} comes from no notebook' for n in sorted(have.keys()-want.keys())]
    for n in sorted(want.keys() & have.keys()):
        if want[n]==have[n]: continue
        diff = list(difflib.unified_diff(have[n].splitlines(), want[n].splitlines(), 'there', 'exported', n=0, lineterm=''))
        msgs.append(f'{LIB}/{n} differs:\n' + '\n'.join(f'    {l}' for l in diff[2:14]))
    if msgs: raise Failed('\n  '.join(msgs) + '\n  edit the notebooks, not the code, and run `make export`')

def check_clean(limit):
    "the notebooks are clean"
    d = nbdev_in_copy('from nbdev.clean import nbdev_clean; nbdev_clean.__wrapped__()', limit)
    try: bad = [p.name for p in notebooks() if p.read_bytes()!=(d/p.relative_to(ROOT)).read_bytes()]
    finally: shutil.rmtree(d)
    if bad: raise Failed(f"not clean: {', '.join(bad)}; run `make export`")

def check_outputs(limit):
    "no stored output holds an error or a path of somebody's machine"
    mine = '|'.join(re.escape(str(o)) for o in {ROOT, Path.home(), Path(sys.prefix)} if len(o.parts)>1)
    path = re.compile(rf'(?:{mine}|/home/\w|/Users/\w|/root/|site-packages/)')
    bad = []
    for p in notebooks():
        for i,c in enumerate(read(p)['cells']):
            outs = c.get('outputs', [])
            bad += [f"{p.name}, cell {i}: {o['ename']}: {o['evalue'][:80]}" for o in outs if o['output_type']=='error']
            txt = ''.join(''.join(o.get('text','')) + ''.join(''.join(v) for k,v in o.get('data',{}).items() if k.startswith('text')) for o in outs)
            if m := path.search(txt): bad.append(f'{p.name}, cell {i}: names {txt[m.start():m.start()+60].split()[0]}')
    if bad: raise Failed('\n  '.join(bad) + '\n  run these notebooks again')

def check_docs(limit):
    "the docs build up to where Quarto takes over"
    rc,log = run([__file__, '--docs'], limit, 'docs')
    if rc is None: raise Failed(f'still running after {limit} s')
    if rc: raise Failed(f'nbdev says:\n{tail(log)}')
    for s,do in [('imports and other code','move the imports to a cell of their own: the docs build runs every cell that imports'),
                 ('Failed to create YAML','in the title cell, a list item with a colon is read as front matter')]:
        if s in log: raise Failed(f'{do}:\n{tail(log)}')
    lost = [p.name for p in notebooks() if not (ROOT/'_proc'/p.relative_to(NBS)).exists()]
    if lost: raise Failed(f"did not come through: {', '.join(lost)}")

def docs():
    "What nbdev_docs does before it calls Quarto (which it would try to install)"
    from nbdev.quarto import refresh_quarto_yml, nbdev_sidebar
    from nbdev.serve import proc_nbs
    refresh_quarto_yml()
    nbdev_sidebar.__wrapped__()
    proc_nbs(n_workers=2, force=True)

def lost_prose(nb):
    "What the title cell of `nb` holds besides title, one-line description and `- key: value`: the site drops it"
    for c in nb['cells']:
        if c['cell_type']=='markdown' and re.search(r'^#\s+\S', source(c), re.M):
            s = re.sub(r'^#\s+\S.*$', '', source(c), count=1, flags=re.M)
            return re.sub(r'^-\s+\S.*:.*\S\s*$', '', re.sub(r'^>\s+\S.*$', '', s, count=1, flags=re.M), flags=re.M).strip()

def check_site(limit):
    "every notebook is in the sidebar, links between them lead somewhere, and no prose gets lost"
    import yaml
    if not (NBS/'_quarto.yml').samefile(ROOT/'_quarto.yml'): raise Failed('nbs/_quarto.yml is no link to _quarto.yml')
    site = yaml.safe_load((ROOT/'_quarto.yml').read_text(encoding='utf-8'))['website']
    def entries(o): # names of pages, at any depth
        if isinstance(o, str): return [o] if o.endswith('.ipynb') else []
        if isinstance(o, dict): return [n for v in o.values() for n in entries(v)]
        return [n for v in o for n in entries(v)] if isinstance(o, list) else []
    have = {str(p.relative_to(NBS)) for p in notebooks()}
    side = set(entries(site['sidebar']))
    bad = [f'{n} is not in the sidebar of _quarto.yml' for n in sorted(have-side)]
    bad += [f'_quarto.yml names {n}, which is not there' for n in sorted((side|set(entries(site['navbar'])))-have)]
    for p in notebooks():
        nb = read(p)
        if s := lost_prose(nb): bad.append(f'{p.name}: the site drops what shares a cell with the title; give it its own: {s[:60]!r}')
        for i,c in enumerate(nb['cells']):
            if c['cell_type']!='markdown': continue
            txt = re.sub(r'```.*?```|`[^`\n]*`', '', source(c), flags=re.S)
            for to in re.findall(r'\]\((?!\w+:|#)([^)#\s]+)', txt):
                if not (p.parent/to).exists(): bad.append(f'{p.name}, cell {i}: nothing is at {to}')
    if bad: raise Failed('\n  '.join(bad))

def anchors(nb):
    "What a link may point to within the page of `nb`: its headings, and what it exports"
    heads = [h for c in nb['cells'] if c['cell_type']=='markdown' for h in re.findall(r'^#+ +(.+?) *$', re.sub(r'```.*?```', '', source(c), flags=re.S), re.M)]
    names = [n for c in nb['cells'] if c['cell_type']=='code' and re.match(r'#\| *exports?\b', source(c)) for n in re.findall(r'^(?:def|class) (\w+)', source(c), re.M)]
    slug = lambda h: re.sub(r'\s+', '-', re.sub(r'[^\w\s.-]', '', h).strip()).lower() # as Pandoc makes them
    return {re.sub(r'^[^a-z]+', '', slug(h)) or 'section' for h in heads} | {n.lower() for n in names}

def prose(nb):
    "Markdown cells and Markdown outputs of a notebook: (number of the cell, text, text without code)"
    for i,c in enumerate(nb['cells']):
        made = [''.join(o['data']['text/markdown']) for o in c.get('outputs', []) if 'text/markdown' in o.get('data', {})]
        for s in ([source(c)] if c['cell_type']=='markdown' else [])+made: raw = re.sub(r'```.*?```', '', s, flags=re.S); yield i,raw,re.sub(r'(?<!\[)`[^`\n]*`', '', raw)

def check_references(limit):
    "citations, links to places within pages, and figures' captions resolve"
    import yaml
    conf = yaml.safe_load((ROOT/'_quarto.yml').read_text(encoding='utf-8'))
    bib = (NBS/conf['bibliography']).read_text(encoding='utf-8')
    entries = {k:body for k,body in re.findall(r'^@\w+\{([\w:-]+),\n(.*?)^\}', bib, re.M|re.S)}
    bad = [f'references.bib: {k} has no {f}' for k,b in entries.items() for f in ('title','author','year','url') if not re.search(rf'^ *{f} *= *\{{', b, re.M)]
    pages,cited = {p.name:read(p) for p in notebooks()},set()
    known = {n:anchors(nb) for n,nb in pages.items()}
    for n,nb in pages.items():
        for i,raw,txt in prose(nb):
            bad += [f'{n}, cell {i}: nbdev turns {m} into a link by itself, so a link around it breaks' for m in re.findall(r'\[(`[^`\n]*`)\]\(', raw)]
            keys = re.findall(r'(?<![\w.@])@([A-Za-z][\w:-]*\d{4}\w*)', txt); cited |= set(keys)
            bad += [f'{n}, cell {i}: @{k} is not in references.bib' for k in keys if k not in entries]
            for to,frag in re.findall(r'\]\((?!\w+:)([^)#\s]*)#([^)\s]+)\)', txt):
                if (to or n) in known and frag.lower() not in known[to or n]: bad.append(f'{n}, cell {i}: {to or n} has no place called #{frag}')
    bad += [f'_quarto.yml names {f}, which is not in nbs/' for f in (conf['format']['html']['css'],*conf['filters']) if not (NBS/f).exists()]
    bad += [f'references.bib: nobody cites {k}' for k in entries if k not in cited]
    if bad: raise Failed('\n  '.join(bad))

# figures that are settings or conventions, not measurements
SAID = re.compile(r'95% (?:Wilson )?interval|p below 5%|\b5% of the training set')
MEASURED = re.compile(r'\d+(?:\.\d+)?\s?%|\b(?:Acc|ASR|RA|DER|score)\b (?:of |is |= ?|falls to |drops to )?\d+(?:\.\d+)?')
PROSE = 'index','tutorial','howto_'

def numbers(nb): # of all outputs that can be read
    "The numbers among the outputs of a notebook"
    out = [''.join(o.get('text', '')) + ' '.join(''.join(v) for k,v in o.get('data', {}).items() if k in ('text/plain','text/html','text/markdown')) for c in nb['cells'] for o in c.get('outputs', [])]
    return set(re.findall(r'\d+(?:\.\d+)?', ' '.join(out)))

def unprinted(nb):
    "Names that the visible code of a page uses, and only hidden code (or none) makes"
    import builtins
    from IPython.core.inputtransformer2 import TransformerManager
    off = re.compile(r'^#\| *(?:hide|hide_input|exporti|default_exp|echo: *false)\b', re.M)
    made,used = set(dir(builtins))|{'get_ipython','display'},set()
    for c in nb['cells']:
        if c['cell_type']!='code' or off.search(source(c)): continue
        for o in ast.walk(ast.parse(TransformerManager().transform_cell(source(c)))):
            if isinstance(o, ast.Name): (used if isinstance(o.ctx, ast.Load) else made).add(o.id)
            elif isinstance(o, (ast.FunctionDef,ast.ClassDef)): made.add(o.name)
            elif isinstance(o, ast.arg): made.add(o.arg)
            elif isinstance(o, ast.ExceptHandler) and o.name: made.add(o.name)
            elif isinstance(o, (ast.Import,ast.ImportFrom)): made |= {(a.asname or a.name).split('.')[0] for a in o.names}
    return sorted(used-made)

def check_printed(limit):
    "the code of the prose pages runs as printed: it needs no name that hidden cells make"
    bad = [f"{p.name}: visible code uses {', '.join(lost)}" for p in notebooks() if p.stem.startswith(PROSE) and (lost:=unprinted(read(p)))]
    if bad: raise Failed('\n  '.join(bad) + '\n  show the cell that makes it, or hide the one that uses it')

def check_numbers(limit):
    "figures in the prose pages come from outputs, and the results in README from rows"
    bad = []
    for p in notebooks():
        if not p.stem.startswith(PROSE): continue
        nb = read(p); have = numbers(nb)
        for i,c in enumerate(nb['cells']):
            if c['cell_type']!='markdown': continue
            for m in MEASURED.findall(SAID.sub('', source(c))):
                if not set(re.findall(r'\d+(?:\.\d+)?', m)) <= have: bad.append(f'{p.name}, cell {i}: no output of this page says {m!r}')
    from baeraser_nb.experiments import GRIDS, cells, rows
    bad += untraced((ROOT/'README.md').read_text(encoding='utf-8'), rows(ROOT/'results/grid', cells(GRIDS['paper'])))
    if bad: raise Failed('\n  '.join(bad))

def untraced(text, rows):
    "Numbers in the tables of results in `text` (README.md) that the rows of the paper's grid do not tell"
    from statistics import mean
    by,bad,cut = {},[],lambda c, tag: [re.sub('<.*?>', '', o) for o in re.findall(rf'<{tag}.*?</{tag}>', c, re.S)]
    for r in rows: by.setdefault((r['cell']['victim']['data'],r['cell']['defence']), []).append(r)
    figures = lambda rs: [mean(r['before']['acc'] for r in rs),mean(r['after']['acc'] for r in rs),mean(r['before']['asr'] for r in rs),mean(r['after']['asr'] for r in rs),max(r['after']['asr'] for r in rs)]
    same = lambda said, x: re.fullmatch(r'-?\d+\.\d\d', said) and abs(float(said)-100*x)<.0051
    tables = [(cut(t.split('</thead>')[0], 'th'),[(cut(tr, 'th')[0],cut(tr, 'td')) for tr in re.findall(r'<tr>.*?</tr>', t.split('<tbody>')[1], re.S)]) for t in re.findall(r'<table.*?</table>', text, re.S)]
    ours,all_ = ([t for t in tables if k in t[0]] for k in ('ASR before','fashion_mnist'))
    if not (ours and all_): return ['README.md: a table of results is gone, or its columns have other names; see `untraced` in tools/gate.py']
    for data,said in ours[0][1]:
        rs = by.get((data,'baeraser'), [])
        if len(rs)!=9 or not all(map(same, said, figures(rs))): bad.append(f'README.md: no nine rows under results/grid say {data} {" ".join(said)}')
    for f,said in all_[0][1]:
        for data,x in zip(all_[0][0][1:], said):
            rs = by.get((data,f), [])
            if x!='–' and not (len(rs)==9 and same(x, mean(r['after']['asr'] for r in rs))): bad.append(f'README.md: no nine rows under results/grid say {f}, {data}: {x}')
    return bad

def check_readme(limit):
    "README.md is what index.ipynb says"
    rc,log = run(['tools/readme.py', '--check'], limit, 'readme')
    if rc!=0: raise Failed(tail(log).strip())

def check_version(limit):
    "settings.ini, CITATION.cff and CHANGELOG.md tell of the same version"
    v = CFG['version']
    if not re.search(rf'^version: {re.escape(v)}$', (ROOT/'CITATION.cff').read_text(), re.M): raise Failed(f'CITATION.cff does not say `version: {v}`, as settings.ini does')
    if not re.search(rf'^## {re.escape(v)}$', (ROOT/'CHANGELOG.md').read_text(), re.M): raise Failed(f'CHANGELOG.md has no section `## {v}`')

CHECKS = [check_export, check_clean, check_outputs, check_version, check_readme, check_site, check_references, check_numbers, check_printed, check_docs]

def check(f, limit):
    "Run one check; returns whether it passed, whether it failed"
    start,why = time.time(),None
    try: f(limit)
    except Failed as e: why = str(e)
    except Exception: why = f'broke off:\n{tail(traceback.format_exc())}'
    say(f"  {'FAIL' if why else 'ok  '} {f.__doc__}, {time.time()-start:.1f} s" + (f'\n  {why}' if why else ''))
    return int(not why),int(bool(why))

def settings():
    from configparser import ConfigParser
    ini = ConfigParser(delimiters=['='])
    ini.read(ROOT/'settings.ini', encoding='utf-8')
    return ini['DEFAULT']

CFG = settings()
LIB = CFG['lib_path']

def gate(names, flags, limit, workers):
    "Run everything, or the tests of the notebooks named; returns the numbers of passed and failed"
    files = [p for p in notebooks() if not names or p.stem in names or p.name in names]
    lost = set(names) - {o for p in files for o in (p.stem, p.name)}
    if lost: sys.exit(f"gate: no notebook {', '.join(sorted(lost))} in nbs/; there are {', '.join(p.stem for p in notebooks())}")
    if not files: sys.exit('gate: there are no notebooks in nbs/')
    threading.Thread(target=heartbeat, daemon=True).start()
    res = []
    if not names:
        say('Checks')
        res += [check(f, limit) for f in CHECKS]
    say(f"Notebooks: {len(files)}, {workers} at a time" + (f', with {flags}' if flags else f" (cells marked {CFG['tst_flags'].replace(' ',', ')} are left out)"))
    pool = ThreadPoolExecutor(workers)
    try: res += pool.map(lambda p: test_notebook(p, flags, limit), files)
    except BaseException: # a stop from outside must not leave notebooks running
        pool.shutdown(wait=False, cancel_futures=True)
        for p in list(running): kill(p)
        raise
    return [sum(o) for o in zip(*res)]

def main():
    a = argparse.ArgumentParser(description='Run every check and every test', epilog='The last line is `N passed, M failed`.')
    a.add_argument('names', nargs='*', help='notebooks to test, such as 01_attacks; none: all, and the other checks')
    a.add_argument('--flags', default='', help='flags of cells to run that are else left out, such as slow')
    a.add_argument('--limit', type=int, default=900, help='seconds that a notebook, or a check, may take')
    a.add_argument('--workers', type=int, default=2, help='notebooks at a time')
    a.add_argument('--child', type=Path, help=argparse.SUPPRESS)
    a.add_argument('--report', type=Path, help=argparse.SUPPRESS)
    a.add_argument('--docs', action='store_true', help=argparse.SUPPRESS)
    a = a.parse_args()
    os.chdir(ROOT)
    sys.path[:] = [o for o in sys.path if Path(o or '.').resolve()!=ROOT/'tools'] # notebooks see what they would see elsewhere
    if a.child: return child(a.child, a.report, a.flags)
    if a.docs: return docs()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    start = time.time()
    passed,failed = gate(a.names, a.flags, a.limit, a.workers)
    say(f'Took {time.time()-start:.0f} s')
    say(f'{passed} passed, {failed} failed')
    sys.exit(failed>0)

if __name__=='__main__': main()
