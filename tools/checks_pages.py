"Checks of the pages: outputs, links, citations, captions, the docs build, README"
import re
import sys
from functools import lru_cache
from pathlib import Path

import pages
from common import NBS, ROOT, is_code, is_prose, no_code, no_fences, notebooks, read, source
from processes import Failed, run, tail

# ---- stored outputs ----

def output_text(o):
    "What can be read in an output"
    readable = [''.join(v) for k,v in o.get('data', {}).items() if k.startswith('text')]
    return ''.join(o.get('text', '')) + ''.join(readable)

def own_paths():
    "A pattern of paths that name somebody's machine"
    mine = {ROOT, Path.home(), Path(sys.prefix)}
    known = '|'.join(re.escape(str(o)) for o in mine if len(o.parts)>1)
    return re.compile(rf'(?:{known}|/home/\w|/Users/\w|/root/|site-packages/)')

def bad_outputs(path, machine):
    "Errors and paths among the outputs of a notebook"
    for i,c in enumerate(read(path)['cells']):
        outs = c.get('outputs', [])
        for o in outs:
            if o['output_type']=='error': yield f"{path.name}, cell {i}: {o['ename']}: {o['evalue'][:80]}"
        text = ''.join(map(output_text, outs))
        if m := machine.search(text): yield f'{path.name}, cell {i}: names {text[m.start():m.start()+60].split()[0]}'

def check_outputs(limit):
    "no stored output holds an error or a path of somebody's machine"
    machine = own_paths()
    bad = [o for p in notebooks() for o in bad_outputs(p, machine)]
    if bad: raise Failed('\n  '.join(bad) + '\n  run these notebooks again: `make outputs ARGS=…`')


# ---- the build ----

TROUBLE = {
    'imports and other code': 'move the imports to a cell of their own: the docs build runs every cell that imports',
    'Failed to create YAML': 'in the title cell, a list item with a colon is read as front matter',
}

def check_docs(limit):
    "the docs build up to where Quarto takes over: pages, their twins in Markdown, and no dead link, anchor or picture"
    log = pages.build(limit)
    for said,do in TROUBLE.items():
        if said in log: raise Failed(f'{do}:\n{tail(log)}')
    lost = [p.name for p in notebooks() if not (pages.CACHE/p.relative_to(NBS)).exists()]
    if lost: raise Failed(f"did not come through: {', '.join(lost)}")
    bad = [*dead_in_pages(), *linked_parameters(), *dead_in_twins()]
    if bad: raise Failed('\n  '.join(bad))

def check_readme(limit):
    "README.md is what index.ipynb says"
    rc,log = run(['tools/readme.py', '--check'], limit, 'readme')
    if rc!=0: raise Failed(tail(log).strip())


# ---- the sidebar, and links between pages ----

@lru_cache
def site():
    "The settings of the site"
    import yaml
    return yaml.safe_load((ROOT/'_quarto.yml').read_text(encoding='utf-8'))

def pages_in(o):
    "The pages that a part of the settings names, at any depth"
    if isinstance(o, str): return [o] if o.endswith('.ipynb') else []
    inner = o.values() if isinstance(o, dict) else o if isinstance(o, list) else ()
    return [n for v in inner for n in pages_in(v)]

def sidebar_offenders():
    "Pages that are not in the sidebar, and entries that are no page"
    have = {str(p.relative_to(NBS)) for p in notebooks()}
    side,bar = (set(pages_in(site()['website'][o])) for o in ('sidebar', 'navbar'))
    bad = [f'{n} is not in the sidebar of _quarto.yml' for n in sorted(have-side)]
    return bad + [f'_quarto.yml names {n}, which is not there' for n in sorted((side|bar)-have)]

def title_cell(nb):
    "The cell that holds the title of the page; None where there is none"
    return next((c for c in nb['cells'] if is_prose(c) and re.search(r'^#\s+\S', source(c), re.M)), None)

def lost_prose(nb):
    "What the title cell of `nb` holds besides title, one-line description and `- key: value`: the site drops it"
    cell = title_cell(nb)
    if cell is None: return ''
    s = re.sub(r'^#\s+\S.*$', '', source(cell), count=1, flags=re.M)
    s = re.sub(r'^>\s+\S.*$', '', s, count=1, flags=re.M)
    return re.sub(r'^-\s+\S.*:.*\S\s*$', '', s, flags=re.M).strip()

def lost_files(text, folder):
    "Where links in a text lead to, as seen from a folder, if nothing is there"
    links = re.findall(r'\]\((?!\w+:|#)([^)#\s]+)', no_code(text))
    return [to for to in links if not (folder/to).exists()]

def dead_links(path, nb):
    "Links of a page that lead to no file"
    for i,c in enumerate(nb['cells']):
        if not is_prose(c): continue
        for to in lost_files(source(c), path.parent): yield f'{path.name}, cell {i}: nothing is at {to}'

def dead_links_of_files():
    "Links of the Markdown files at the top that lead to no file"
    for p in sorted(ROOT.glob('*.md')):
        for to in lost_files(p.read_text(encoding='utf-8'), ROOT): yield f'{p.name}: nothing is at {to}'

def check_site(limit):
    "every notebook is in the sidebar, links between them lead somewhere, and no prose gets lost"
    if not (NBS/'_quarto.yml').samefile(ROOT/'_quarto.yml'): raise Failed('nbs/_quarto.yml is no link to _quarto.yml')
    bad = [*sidebar_offenders(), *dead_links_of_files()]
    for p in notebooks():
        nb = read(p)
        if s := lost_prose(nb):
            bad.append(f'{p.name}: the site drops what shares a cell with the title; give it its own: {s[:60]!r}')
        bad += dead_links(p, nb)
    if bad: raise Failed('\n  '.join(bad))


# ---- citations, and places within pages ----

def slug(heading):
    "The anchor of a heading, as Pandoc makes it"
    s = re.sub(r'\s+', '-', re.sub(r'[^\w\s.-]', '', heading).strip()).lower()
    return re.sub(r'^[^a-z]+', '', s) or 'section'

def anchors(nb):
    "What a link may point to within the page of `nb`: its headings, and what it exports"
    prose = [no_fences(source(c)) for c in nb['cells'] if is_prose(c)]
    code = [source(c) for c in nb['cells'] if is_code(c) and re.match(r'#\| *exports?\b', source(c))]
    heads = [h for s in prose for h in re.findall(r'^#+ +(.+?) *$', s, re.M)]
    names = [n for s in code for n in re.findall(r'^(?:def|class) (\w+)', s, re.M)]
    return {slug(h) for h in heads} | {n.lower() for n in names}

def texts(nb):
    "Markdown cells and Markdown outputs of a notebook: (number of the cell, text without fenced code)"
    for i,c in enumerate(nb['cells']):
        if is_prose(c): yield i,no_fences(source(c))
        for o in c.get('outputs', []):
            if 'text/markdown' in o.get('data', {}): yield i,no_fences(''.join(o['data']['text/markdown']))

CITED = re.compile(r'(?<![\w.@])@([A-Za-z][\w:-]*\d{4}\w*)')
PLACE = re.compile(r'\]\((?!\w+:)([^)#\s]*)#([^)\s]+)\)')

def unquoted(text):
    "A text without the code within its lines"
    return re.sub(r'(?<!\[)`[^`\n]*`', '', text)

def text_offenders(page, text, entries, known):
    "What does not resolve in one text of a page"
    for m in re.findall(r'\[(`[^`\n]*`)\]\(', text):
        yield f'nbdev turns {m} into a link by itself, so a link around it breaks'
    plain = unquoted(text)
    for k in CITED.findall(plain):
        if k not in entries: yield f'@{k} is not in references.bib'
    for to,place in PLACE.findall(plain):
        name = to or page
        if name in known and place.lower() not in known[name]: yield f'{name} has no place called #{place}'

def bibliography():
    "The entries of references.bib, as a dict from key to text"
    bib = (NBS/site()['bibliography']).read_text(encoding='utf-8')
    return dict(re.findall(r'^@\w+\{([\w:-]+),\n(.*?)^\}', bib, re.M|re.S))

def entry_offenders(entries, cited):
    "What the bibliography lacks, and what nobody cites"
    for k,body in entries.items():
        for f in ('title', 'author', 'year', 'url'):
            if not re.search(rf'^ *{f} *= *\{{', body, re.M): yield f'references.bib: {k} has no {f}'
        if k not in cited: yield f'references.bib: nobody cites {k}'

def themes(theme):
    "Files among the themes of the site"
    return sorted({o for v in theme.values() for o in v if o.endswith('.scss')})

def missing_files():
    "Files that the settings of the site name, and that are not there"
    s = site()
    files = [s['format']['html']['css'], s['website']['favicon'], *s['filters'], *themes(s['format']['html']['theme'])]
    return [f'_quarto.yml names {f}, which is not in nbs/' for f in files if not (NBS/f).exists()]

def check_references(limit):
    "citations, links to places within pages, and figures' captions resolve"
    entries = bibliography()
    pages = {p.name:read(p) for p in notebooks()}
    known = {n:anchors(nb) for n,nb in pages.items()}
    bad,cited = [],set()
    for n,nb in pages.items():
        for i,text in texts(nb):
            bad += [f'{n}, cell {i}: {o}' for o in text_offenders(n, text, entries, known)]
            cited |= set(CITED.findall(unquoted(text)))
    bad += [*missing_files(), *entry_offenders(entries, cited)]
    if bad: raise Failed('\n  '.join(bad))


# ---- links of the pages that the docs build makes ----

LINKS = re.compile(r'\]\(<?([^)\s>]+)|\b(?:href|src)="([^"]+)"')

def shown_texts(nb):
    "What a page of the docs build shows as prose or HTML: (number of the cell, text)"
    for i,c in enumerate(nb['cells']):
        if is_prose(c): yield i,no_code(source(c))
        for o in c.get('outputs', []):
            data = {k:''.join(v) for k,v in o.get('data', {}).items() if k in ('text/markdown','text/html')}
            for text in data.values(): yield i,re.sub(r'<script.*?</script>', '', no_code(text), flags=re.S)

def page_anchors(nb):
    "The places of a built page: its headings, those in outputs too, and what has an id"
    found = set()
    for _,text in shown_texts(nb): found |= set(re.findall(r'\bid="([^"]+)"|\{#([\w.:-]+)', text))
    prose = [no_fences(source(c)) for c in nb['cells'] if is_prose(c)]
    shown = [''.join(o['data']['text/markdown']) for c in nb['cells'] for o in c.get('outputs', [])
             if 'text/markdown' in o.get('data', {})]
    heads = [h for s in prose+[no_fences(s) for s in shown] for h in re.findall(r'^ *#+ +(.+?) *$', s, re.M)]
    return {n.lower() for pair in found for n in pair if n} | {slug(h) for h in heads}

def dead_source(link):
    "Why a link to the repository leads nowhere; None if it leads somewhere"
    path,_,line = link.removeprefix(f'{pages.REPO}/blob/main/').partition('#L')
    if not (ROOT/path).is_file(): return f'there is no {path}'
    n = (ROOT/path).read_text(encoding='utf-8', errors='replace').count('\n')+1
    if line and not (line.isdigit() and 1<=int(line)<=n): return f'{path} has {n} lines, and no line {line}'

def dead_page(name, place, known):
    "Why a link to a page leads nowhere; None if it leads somewhere"
    if name not in known: return f'there is no page {name}'
    if place and place.lower() not in known[name]: return f'{name} has no place called #{place}'

def dead_link(link, name, known):
    "Why a link on the page `name` leads nowhere; None if it leads somewhere, or off the site"
    if link.startswith(f'{pages.REPO}/blob/main/'): return dead_source(link)
    if link.startswith(f'{pages.SITE}/'): link = link.removeprefix(f'{pages.SITE}/')
    if re.match(r'\w+:|//', link): return None
    to,_,place = link.partition('#')
    if not to or to.endswith(('.ipynb','.html')): return dead_page(to or name, place, known)
    return None if (pages.CACHE/to).exists() else f'there is no file {to}'

def known_places(built):
    "The places of all pages, by the name of the notebook and by the address on the site"
    places = {name:page_anchors(nb) for name,nb in built.items()}
    return places | {at:places[name] for name,at in pages.addresses().items()}

def dead_in_pages():
    "Links, anchors, pictures and links to source that lead nowhere, in what the docs build made"
    built = {p.name:read(p) for p in notebooks(pages.CACHE)}
    known = known_places(built)
    for name,nb in built.items():
        for i,text in shown_texts(nb):
            for link in {a or b for a,b in LINKS.findall(text)}:
                if why := dead_link(link, name, known): yield f'{name}, cell {i}: {link}: {why}'

def linked_parameters():
    "Names of parameters that are links: nbdev finds some function of that name, which has nothing to do with it"
    for p in notebooks(pages.CACHE):
        for o in (o for c in read(p)['cells'] for o in c.get('outputs', [])):
            _,_,rows = ''.join(o.get('data', {}).get('text/markdown', '')).partition('| | type | default | |')
            for name in re.findall(r'^\| \[.*?\]', rows, re.M): yield f'{p.name}: the parameter {name[2:]} is a link'

def dead_in_twins():
    "Twins that are missing, and links between them and from llms.txt that lead to none"
    there = {p.name for p in pages.TWINS.iterdir()}
    for name,at in pages.addresses().items():
        if f'{at}.md' not in there: yield f'{name} has no twin in Markdown'
    for p in sorted(pages.TWINS.iterdir()):
        text = p.read_text(encoding='utf-8')
        for to in set(re.findall(rf'{re.escape(pages.SITE)}/([\w.-]+\.md)', text))-there:
            yield f'_twins/{p.name}: there is no {to}'
    listed = (pages.TWINS/'llms.txt').read_text(encoding='utf-8')
    for name in sorted(there-{'llms.txt'}):
        if f'/{name})' not in listed: yield f'llms.txt does not list {name}'
