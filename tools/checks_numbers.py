"Checks of figures: prose says what outputs hold, README's tables what the rows tell, and code runs as printed"
import json
import re
import subprocess
import sys

from common import ROOT, directives, is_code, is_prose, notebooks, read, source
from processes import Failed

PROSE = 'index', 'tutorial', 'howto_' # the pages that are read first
NUMBER = re.compile(r'\d+(?:\.\d+)?')
# settings and conventions, not measurements
SAID = re.compile(r'95% (?:Wilson )?interval|p below 5%|\b5% of the training set')
MEASURED = re.compile(
    r'\d+(?:\.\d+)?\s?%|'
    r'\b(?:Acc|ASR|RA|DER|score)\b (?:of |is |= ?|falls to |drops to )?\d+(?:\.\d+)?')

def prose_pages(): return [p for p in notebooks() if p.stem.startswith(PROSE)]


# ---- figures in prose ----

def readable(o):
    "All text of an output"
    kinds = 'text/plain', 'text/html', 'text/markdown'
    data = [''.join(v) for k,v in o.get('data', {}).items() if k in kinds]
    return ' '.join([''.join(o.get('text', '')), *data])

def numbers(nb):
    "The numbers among the outputs of a notebook"
    return set(NUMBER.findall(' '.join(readable(o) for c in nb['cells'] for o in c.get('outputs', []))))

def unsaid(path):
    "Measurements in the prose of a page that none of its outputs holds"
    nb = read(path)
    have = numbers(nb)
    for i,c in enumerate(nb['cells']):
        if not is_prose(c): continue
        for m in MEASURED.findall(SAID.sub('', source(c))):
            if not set(NUMBER.findall(m))<=have: yield f'{path.name}, cell {i}: no output of this page says {m!r}'


# ---- README's tables ----

VICTIMS = 9 # of a data set, in the paper's grid

def paper_rows():
    "The rows of the paper's grid"
    from baeraser_nb.rows import find_experiment
    grid = find_experiment('grid')
    return grid.rows(grid.items('paper'), ROOT/'results/grid')

def means(rows):
    "Means over the victims of a data set under a defence, in percent: a row for each (data, defence)"
    import pandas as pd
    by = pd.json_normalize(rows).groupby(['cell.victim.data', 'cell.defence'])
    columns = {
        'Acc before': by['before.acc'].mean(), 'Acc after': by['after.acc'].mean(),
        'ASR before': by['before.asr'].mean(), 'ASR after': by['after.asr'].mean(), 'worst ASR': by['after.asr'].max()}
    return pd.DataFrame(columns).mul(100).assign(n=by.size())

def texts_of(html, tag):
    "What stands in the elements of a kind"
    return [re.sub('<.*?>', '', o) for o in re.findall(rf'<{tag}.*?</{tag}>', html, re.S)]

def tables(html):
    "The tables of a text, each as (headings, list of (name of the row, its cells))"
    for t in re.findall(r'<table.*?</table>', html, re.S):
        head,_,body = t.partition('</thead>')
        rows = re.findall(r'<tr>.*?</tr>', body, re.S)
        yield texts_of(head, 'th'),[(texts_of(tr, 'th')[0], texts_of(tr, 'td')) for tr in rows]

def same(said, x):
    "Is this how a table says the figure `x`, in percent?"
    return bool(re.fullmatch(r'-?\d+\.\d\d', said)) and abs(float(said)-x)<.0051

def figures(frame, data, defence):
    "The row of means of a data set under a defence; None unless it is of all nine victims"
    if (data, defence) not in frame.index: return None
    row = frame.loc[(data, defence)]
    return row if row['n']==VICTIMS else None

def untraced_ours(heads, table, frame):
    "Rows of the table of our own results that the rows of the grid do not tell"
    for data,said in table:
        row,named = figures(frame, data, 'baeraser'),dict(zip(heads[1:], said))
        if row is None or not all(same(named.get(k, ''), x) for k,x in row.drop('n').items()):
            yield f'README.md: no nine rows under results/grid say {data} {" ".join(said)}'

def untraced_all(heads, table, frame):
    "Figures of the table of all defences that the rows of the grid do not tell"
    for defence,said in table:
        for data,x in zip(heads[1:], said):
            row = figures(frame, data, defence)
            if x!='–' and (row is None or not same(x, row['ASR after'])):
                yield f'README.md: no nine rows under results/grid say {defence}, {data}: {x}'

def untraced(text, rows):
    "Numbers in the tables of results in `text` (README.md) that the rows of the paper's grid do not tell"
    found = list(tables(text))
    ours = [t for t in found if 'ASR before' in t[0]]
    every = [t for t in found if 'fashion_mnist' in t[0]]
    if not ours or not every:
        return ['README.md: a table of results is gone, or its columns have other names; see tools/checks_numbers.py']
    frame = means(rows)
    return [*untraced_ours(*ours[0], frame), *untraced_all(*every[0], frame)]

def check_numbers(limit):
    "figures in the prose pages come from outputs, and the results in README from rows"
    bad = [o for p in prose_pages() for o in unsaid(p)]
    bad += untraced((ROOT/'README.md').read_text(encoding='utf-8'), paper_rows())
    if bad: raise Failed('\n  '.join(bad))


# ---- code as printed ----

UNPRINTED = {'hide', 'hide_input', 'exporti', 'default_exp'}

def is_printed(cell):
    "Does the page show the code of this cell?"
    d = directives(cell)
    return is_code(cell) and not d.keys() & UNPRINTED and d.get('echo', '').lower()!='false'

UNDEFINED = [
    'ruff', 'check', '--isolated', '--no-cache', '--quiet', '--select', 'F821,F405', '--output-format', 'json',
    '--config', 'builtins=["display","get_ipython"]', # what a notebook's shell brings
    '--stdin-filename', 'page.ipynb', '-']

def unprinted(nb):
    "Names that the visible code of a page uses, and only hidden code (or none) makes, as ruff finds them"
    page = json.dumps(nb | dict(cells=[c for c in nb['cells'] if is_printed(c)]))
    r = subprocess.run([sys.executable, '-m', *UNDEFINED], input=page, cwd=ROOT, capture_output=True, text=True)
    if r.returncode not in (0, 1): raise Failed(f'ruff did not run:\n{r.stderr}')
    return sorted({re.search('`(.*?)`', o['message'])[1] for o in json.loads(r.stdout)})

def check_printed(limit):
    "the code of the prose pages runs as printed: it needs no name that hidden cells make"
    lost = {p.name:names for p in prose_pages() if (names := unprinted(read(p)))}
    bad = [f"{n}: visible code uses {', '.join(names)}" for n,names in lost.items()]
    if bad: raise Failed('\n  '.join(bad) + '\n  show the cell that makes it, or hide the one that uses it')
