"""Write README.md from nbs/index.ipynb, without Quarto: `python tools/readme.py`, or `--check` to only compare

Directives mean here what they mean on the site (`hide`, `export`, `echo: false`, `output: false`, …); nbdev applies them.
Pictures among the outputs go to README_files/. Links between notebooks are made to lead from the top of the repository.
"""
import re, sys
from base64 import b64decode
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOTE = "<!-- Made from nbs/index.ipynb by `make readme`: edit there, not here -->"
FILES = 'README_files'

def off(cell, name): # is the Quarto directive `name` false in this cell?
    return cell.directives_.get(f'{name}:', [''])[0].lower()=='false'

def relink(md, nbs): # links to what lies in nbs/, as seen from the top
    "Prefix relative links with the notebooks' folder"
    def f(m):
        to = m[2].partition('#')[0]
        return f'{m[1]}{nbs.name}/{m[2]}' if to and (nbs/to).exists() else m[0]
    return re.sub(r'(\]\()(?!\w+:|/|#)([^)\s]+)', f, md)

def markdown(cell, nbs):
    "A markdown cell as GitHub shows it: no Quarto fences, no heading attributes"
    src = re.sub(r'^:::.*\n?', '', cell.source, flags=re.M)
    return relink(re.sub(r'^(#+ .*?) *\{[#.].*\} *$', r'\1', src, flags=re.M), nbs).strip()

def front_matter(cell):
    "The title and description of a raw cell, as the heading they become on the site"
    import yaml
    fm = yaml.safe_load(cell.source.strip().strip('-')) if cell.source.strip().startswith('---') else {}
    return '\n\n'.join([f"# {fm['title']}"]*('title' in fm) + [f"> {fm['description']}"]*('description' in fm))

def text(o): return ''.join(o) if isinstance(o, list) else o
def indent(s): return '\n'.join(f'    {l}'.rstrip() for l in re.sub(r'\x1b\[[0-9;]*m', '', s).strip('\n').splitlines())

def output(o, name, pics, alt):
    "One output of a code cell; a picture is put into `pics` under `name`, and says `alt` to those who cannot see it"
    if o['output_type']=='stream': return indent(text(o['text']))
    if o['output_type']=='error': raise SystemExit(f"readme: index.ipynb holds an error among its outputs ({o['ename']}: {o['evalue']}); run it again first")
    d = {k:text(v) for k,v in o['data'].items() if k!='application/json'}
    for kind,ext in [('image/svg+xml','svg'), ('image/png','png'), ('image/jpeg','jpg')]:
        if kind in d:
            pics[f'{name}.{ext}'] = d[kind].encode() if ext=='svg' else b64decode(d[kind])
            return f"![{escape(alt)}]({FILES}/{name}.{ext})"
    if 'text/markdown' in d: return d['text/markdown'].strip()
    if 'text/html' in d: return re.sub(r'<(style|script)\b.*?</\1>\s*', '', d['text/html'], flags=re.S).strip()
    return indent(d.get('text/plain', ''))

def code(cell, i, pics):
    "A code cell and its outputs"
    src = '\n'.join(l for l in cell.source.splitlines() if not l.lstrip().startswith('#|')).strip()
    if off(cell, 'include'): return ''
    res = [] if off(cell, 'echo') or not src else [f'``` python\n{src}\n```']
    alt = ' '.join(cell.directives_.get('fig-alt:') or cell.directives_.get('fig-cap:') or ['figure']).strip('"')
    if not off(cell, 'output'): res += [output(o, f'{i:02}-{j}', pics, alt) for j,o in enumerate(cell.get('outputs', []))]
    return '\n\n'.join(o for o in res if o)

def render(path=ROOT/'nbs/index.ipynb'):
    "README's text, and its pictures as a dict from name to bytes"
    if not path.exists(): sys.exit('readme: nbs/index.ipynb is missing')
    from nbdev.process import NBProcessor
    from nbdev.processors import populate_language, strip_ansi, hide_line, filter_stream_, rm_header_dash, rm_export, hide_, clean_magics
    nb = NBProcessor(path, procs=[populate_language, strip_ansi, hide_line, filter_stream_, rm_header_dash, rm_export, hide_, clean_magics], process=True).nb
    pics, parts = {}, []
    for i,c in enumerate(nb.cells):
        parts.append(code(c, i, pics) if c.cell_type=='code' else front_matter(c) if c.cell_type=='raw' else markdown(c, path.parent))
    parts = [o for o in parts if o]
    if parts: parts.insert(1, NOTE)
    return '\n\n'.join(parts)+'\n', pics

def stale(root=ROOT):
    "Names of the files that differ from what index.ipynb says"
    md,pics = render(root/'nbs/index.ipynb')
    want = {'README.md':md.encode(), **{f'{FILES}/{k}':v for k,v in pics.items()}}
    have = {str(p.relative_to(root)):p.read_bytes() for p in [root/'README.md', *sorted((root/FILES).glob('*'))] if p.exists()}
    return sorted(k for k in want.keys()|have.keys() if want.get(k)!=have.get(k)), want

def main():
    names,want = stale()
    if '--check' in sys.argv:
        if names: sys.exit(f"readme: not in step with nbs/index.ipynb: {', '.join(names)}; run `make readme`")
        return
    for n in names:
        p = ROOT/n
        if n not in want: p.unlink(); continue
        p.parent.mkdir(exist_ok=True)
        p.write_bytes(want[n])
    (ROOT/'README.md').touch() # newer than the notebook, so that nbdev_docs leaves it alone
    print(f"readme: {', '.join(names) + ' written' if names else 'already in step'}")

if __name__=='__main__': main()
