"""The pages of the site, up to where Quarto takes over: `python tools/pages.py` makes _proc/

nbdev turns each notebook into a page. Then each page is dressed for readers: exported source, imports and tests are
folded, commands are shown as commands, figures say what they show, and no table says NaN. Each page also gets a twin in
plain Markdown, and all twins one list, llms.txt, for programs that read. They lie in _proc/_twins, which Quarto leaves
alone, and go to the site beside its pages (tools/docs.sh).
"""
import ast
import json
import re
import shutil
import sys
from functools import lru_cache
from html import unescape

from common import CFG, NBS, ROOT, code_lines, directives, is_code, is_prose, is_test, notebooks, parse, read, source
from processes import Failed, run, tail

CACHE = ROOT/'_proc'
TWINS = CACHE/'_twins'
SITE = f"https://{CFG['user']}.github.io/{CFG['repo']}"
REPO = f"https://github.com/{CFG['user']}/{CFG['repo']}"

# what nbdev_docs does before it calls Quarto (which it would try to install)
NBDEV = '''
from nbdev.quarto import refresh_quarto_yml, nbdev_sidebar
from nbdev.serve import proc_nbs
refresh_quarto_yml()
nbdev_sidebar.__wrapped__()
proc_nbs(n_workers=2, force=True)
'''


# ---- code that is folded ----

def only_imports(cell):
    "Does a cell hold imports and nothing else?"
    tree = parse(cell)
    return bool(tree and tree.body) and all(isinstance(o, (ast.Import,ast.ImportFrom)) for o in tree.body)

def fold_title(cell):
    "What stands over the code of a cell that is folded; None: it is shown"
    said = directives(cell)
    if said.get('echo')=='false' or not code_lines(cell): return None
    if 'code-fold' in said: return 'Source'
    if only_imports(cell): return 'Imports'
    if is_test(cell) and not cell['outputs']: return 'Test'
    return None

def without(cell, *names):
    "The source of a cell without some directives"
    return re.sub(rf"^#\| *(?:{'|'.join(names)}):.*\n?", '', source(cell), flags=re.M)

def fold(cell):
    "Fold the code of a cell, if a reader can do without it"
    title = fold_title(cell)
    if title is None: return
    rest = without(cell, 'code-fold', 'code-summary')
    cell['source'] = f'#| code-fold: true\n#| code-summary: "{title}"\n{rest}'


# ---- commands ----

def console_to_bash(text):
    "Blocks of commands, so that they get colours, a background and a button to copy them"
    return re.sub(r'^```[ {.]*console\}?$', '```bash', text, flags=re.M)

def command_cells(cell):
    "A cell that runs commands, as a block of commands and a cell that only holds what they said"
    if cell['metadata'].get('language')!='bash': return [cell]
    block = dict(cell_type='markdown', id=f"{cell['id']}-c", metadata={}, source='')
    block['source'] = '```bash\n' + '\n'.join(code_lines(cell)) + '\n```'
    return [block, cell | dict(source='#| echo: false\n' + source(cell))]


# ---- outputs ----

def no_nan(html):
    "A table without NaN: what there is not is a dash"
    return re.sub(r'(<td[^>]*>)\s*(?:NaN|nan|None|NaT)\s*(?=</td>)', r'\1–', html)

def plain(text):
    "Prose without its marks: links, code, stress"
    text = re.sub(r'!?\[([^\]]*)\]\([^)]*\)', r'\1', text)
    return re.sub(r'\s+', ' ', re.sub(r'[*`#_|]|\[@.*?\]|\$', '', text)).strip()

def last_sentence(text):
    "The last sentence of a text"
    said = plain(re.sub(r'```.*?```|:::.*', '', text, flags=re.S).strip().split('\n\n')[-1])
    return re.split(r'(?<=[.?!:]) (?=[A-Z(])', said)[-1]

def shows_picture(cell): return any('image/png' in o.get('data', {}) for o in cell['outputs'])

def say_what_it_shows(cell, before):
    "Give a figure the words that introduce it, for those who cannot see it"
    if not shows_picture(cell) or 'fig-alt' in directives(cell): return
    said = directives(cell).get('fig-cap', '').strip('"') or f'Figure: {last_sentence(before)}'
    cell['source'] = f'#| fig-alt: {json.dumps(said[:300], ensure_ascii=False)}\n' + source(cell)

def one_heading(html):
    "A table of pandas whose index has a name: the name goes into the row of headings, where its cells are empty"
    rows = r'(<thead>\s*)(<tr[^>]*>.*?</tr>)\s*(<tr[^>]*>.*?</tr>)(\s*</thead>)'
    cell = r'(<t[hd][^>]*>)(.*?)(</t[hd]>)'
    def merged(m):
        upper,lower = (re.findall(cell, m[i], re.S) for i in (2,3))
        if len(upper)!=len(lower) or any(u[1] and l[1] for u,l in zip(upper, lower)) or 'span=' in m[0]: return m[0]
        cells = '\n'.join(u[0]+(u[1] or l[1])+u[2] for u,l in zip(upper, lower))
        return f'{m[1]}<tr style="text-align: right;">\n{cells}\n</tr>{m[4]}'
    return re.sub(rows, merged, html, flags=re.S)

def plain_table(html):
    "A table as the style sheet wants it: no NaN, one row of headings, no frame of its own"
    return one_heading(no_nan(html)).replace('<table border="1"', '<table')

def marked(text):
    "Tables of names and what they mean get a mark, by which the style sheet knows them on a phone"
    table = r'^\| \|(?: type \| default \|)? \|\n\|:-.*\n(?:\|.*\n?)+'
    return re.sub(table, r'::: {.parameters}\n\g<0>\n:::\n', text, flags=re.M)

def clean_outputs(cell):
    "Tables in plain dress; those of parameters with their mark"
    for o in cell['outputs']:
        data = o.get('data', {})
        if 'text/html' in data: data['text/html'] = plain_table(''.join(data['text/html']))
        if 'text/markdown' in data: data['text/markdown'] = marked(''.join(data['text/markdown']))


# ---- links that nbdev makes of names in backticks ----

LINKED = re.compile(rf'\[(`([\w.]+)`)\]\({re.escape(SITE)}/[\w.]+\.html#\w+\)')

def names_of(tree):
    "Names that code defines or imports"
    for o in ast.walk(tree):
        if isinstance(o, (ast.FunctionDef,ast.ClassDef)): yield o.name
        ours = isinstance(o, ast.ImportFrom) and (o.module or '').startswith(CFG['lib_path'])
        if ours: yield from (a.name for a in o.names)

def known_names(nb):
    "Names that a notebook defines, or imports from the package"
    trees = filter(None, (parse(c) for c in nb['cells'] if is_code(c)))
    return {n for tree in trees for n in names_of(tree)}

def without_chance_links(text, known):
    "Words that only happen to be the name of a function somewhere are no links, and neither are names of parameters"
    def kept(m):
        word = m[2].split('.')[-1]
        return m[0] if word in known or '_' in word or word!=word.lower() else m[1]
    lines = [LINKED.sub(r'\1', line, count=1) if LINKED.match(line, 2) else line for line in text.split('\n')]
    return LINKED.sub(kept, '\n'.join(lines))

def unlink(nb, known):
    "Prose and tables of a page without links by chance"
    for c in nb['cells']:
        if is_prose(c): c['source'] = without_chance_links(source(c), known)
        shown = [o['data'] for o in c.get('outputs', []) if 'text/markdown' in o.get('data', {})]
        for data in shown: data['text/markdown'] = without_chance_links(''.join(data['text/markdown']), known)


# ---- a page ----

def dressed(nb):
    "A page, easier to read"
    cells,before = [],''
    for c in nb['cells']:
        if is_prose(c):
            c['source'] = before = console_to_bash(source(c))
        elif is_code(c):
            clean_outputs(c)
            say_what_it_shows(c, before)
            fold(c)
        cells += command_cells(c) if is_code(c) else [c]
    return nb | dict(cells=cells)

def dress_all(cache=CACHE):
    "Dress all pages of a folder"
    from baeraser_nb.reference import TOP
    for p in notebooks(cache):
        nb = read(p)
        unlink(nb, known_names(read(NBS/p.relative_to(cache))) | {o.split('.')[-1] for o in TOP})
        text = json.dumps(dressed(nb), indent=1, ensure_ascii=False)
        p.write_text(text, encoding='utf-8')


# ---- twins in Markdown ----

def front(nb):
    "The front matter of a page: title, description, output-file"
    import yaml
    raw = next((source(c) for c in nb['cells'] if c['cell_type']=='raw'), '')
    return yaml.safe_load(raw.strip().strip('-')) or {}

def address(path, nb): return front(nb).get('output-file') or f'{path.stem}.html'

@lru_cache
def addresses(cache=CACHE):
    "Where pages are on the site, by the name of their notebook"
    return {p.name:address(p, read(p)) for p in notebooks(cache)}

def twin_links(text, pages):
    "Links to pages, as links to their twins"
    def longer(m): return f"]({SITE}/{pages[m[1]]}.md{m[2] or ''}" if m[1] in pages else m[0]
    text = re.sub(r'\]\(([\w.-]+\.ipynb)(#[^)\s]*)?', longer, text)
    return re.sub(rf'{re.escape(SITE)}/([\w.-]+\.html)(?!\.md)', rf'{SITE}/\1.md', text)

def fenced(text, language=''): return f'```{language}\n{text.strip()}\n```' if text.strip() else ''

def cells_of(row):
    "The texts of a table's row"
    found = re.findall(r'<t[hd][^>]*>(.*?)</t[hd]>', row, re.S)
    return [unescape(re.sub(r'<[^>]+>', '', o)).strip().replace('|', '/') for o in found]

def markdown_table(html):
    "A table of HTML as Markdown; None where it has cells that span others"
    head,_,body = html.partition('</thead>')
    heads,rows = ([cells_of(r) for r in re.findall(r'<tr.*?</tr>', part, re.S)] for part in (head, body))
    if not heads or not rows or 'span=' in html or len({len(r) for r in [*heads, *rows]})>1: return None
    title = [' '.join(filter(None, column)) or ' ' for column in zip(*heads)]
    lines = [title, ['---']*len(title), *rows]
    return '\n'.join('| '+' | '.join(r)+' |' for r in lines)

def output_words(o, alt):
    "An output as Markdown"
    data = {k:''.join(v) for k,v in o.get('data', {}).items() if k.startswith(('text','image'))}
    if 'text' in o: return fenced(re.sub(r'\x1b\[[0-9;]*m', '', ''.join(o['text'])))
    if 'image/png' in data: return f'*{alt}*'
    if 'text/markdown' in data: return no_marks(data['text/markdown'])
    if table := markdown_table(data.get('text/html', '')): return table
    said = unescape(data.get('text/plain', ''))
    return '' if said.startswith(('<IPython','<Figure')) else fenced(re.sub(r'\bNaN\b', '  –', said))

def no_marks(text):
    "Prose without what only Quarto understands"
    return re.sub(r'^:::.*\n?|<!--.*?-->|^(#+ .*?) *\{[#.].*\} *$', r'\1', text, flags=re.M)

def cell_words(cell):
    "A cell and its outputs as Markdown"
    if not is_code(cell): return no_marks(source(cell))
    said = directives(cell)
    parts = [] if said.get('echo')=='false' else [fenced('\n'.join(code_lines(cell)), 'python')]
    alt = said.get('fig-alt', '"Figure"').strip('"')
    shown = cell['outputs'] if said.get('output')!='false' and said.get('include')!='false' else []
    return '\n\n'.join(filter(None, [*parts, *(output_words(o, alt) for o in shown)]))

def twin(nb, pages):
    "A page as plain Markdown"
    said = front(nb)
    parts = [f"# {said.get('title', '')}", *([f"> {said['description']}"] if 'description' in said else [])]
    parts += [cell_words(c).strip() for c in nb['cells'] if c['cell_type']!='raw']
    return twin_links('\n\n'.join(filter(None, parts)), pages) + '\n'


# ---- llms.txt ----

def entries(o):
    "Names of pages in a part of the sidebar, in order"
    if isinstance(o, str): return [o]
    if isinstance(o, list): return [n for v in o for n in entries(v)]
    return entries(o.get('href') or o.get('contents') or [])

def sections(side):
    "The parts of the sidebar, as (title, names of pages); what is in none comes first"
    yield 'Start here',[n for o in side if 'section' not in o for n in entries(o)]
    for o in side:
        if 'section' in o: yield o['section'],entries(o)

def list_line(name, cache):
    "One page's line in llms.txt"
    nb = read(cache/name)
    said = front(nb)
    link = f"[{said.get('title', name)}]({SITE}/{address(cache/name, nb)}.md)"
    return ': '.join(['- '+link, *filter(None, [said.get('description')])])

def llms(side, cache=CACHE):
    "llms.txt: all pages in the order of the sidebar"
    parts = [f"# {CFG['title']}", f"> {CFG['description']}",
             'Each page is listed with its twin in plain Markdown; without `.md` it is the page as people see it.']
    for title,names in sections(side):
        lines = '\n'.join(list_line(n, cache) for n in names)
        parts.append(f'## {title}\n\n{lines}')
    return '\n\n'.join(parts) + '\n'

def write_twins(side, cache=CACHE):
    "Twins of all pages, and their list"
    shutil.rmtree(cache/'_twins', ignore_errors=True)
    (cache/'_twins').mkdir()
    for p in notebooks(cache):
        (cache/'_twins'/f'{addresses(cache)[p.name]}.md').write_text(twin(read(p), addresses(cache)), encoding='utf-8')
    (cache/'_twins/llms.txt').write_text(llms(side, cache), encoding='utf-8')


# ---- all of it ----

def build(limit=900):
    "Make _proc/; returns what nbdev said"
    import yaml
    rc,log = run(['-c', NBDEV], limit, 'docs')
    if rc is None: raise Failed(f'still running after {limit} s')
    if rc: raise Failed(f'nbdev says:\n{tail(log)}')
    addresses.cache_clear()
    dress_all()
    write_twins(yaml.safe_load((ROOT/'_quarto.yml').read_text(encoding='utf-8'))['website']['sidebar']['contents'])
    return log


if __name__=='__main__':
    try: print(build())
    except Failed as e: sys.exit(f'docs: {e}')
