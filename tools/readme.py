"""Write README.md from nbs/index.ipynb, without Quarto: `python tools/readme.py`, or `--check` to only compare

Directives mean here what they mean on the site (`hide`, `export`, `echo: false`, `output: false`, …); nbdev applies
them. Pictures among the outputs go to README_files/. Links between notebooks are made to lead from the top of the
repository.
"""
import re
import sys
from base64 import b64decode
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOTE = "<!-- Made from nbs/index.ipynb by `make readme`: edit there, not here -->"
FILES = 'README_files'
PICTURES = {'image/svg+xml':'svg', 'image/png':'png', 'image/jpeg':'jpg'}


# ---- prose ----

def relink(md, nbs):
    "Links to what lies in the folder of notebooks, as seen from the top of the repository"
    def longer(m):
        to = m[2].partition('#')[0]
        return f'{m[1]}{nbs.name}/{m[2]}' if to and (nbs/to).exists() else m[0]
    return re.sub(r'(\]\()(?!\w+:|/|#)([^)\s]+)', longer, md)

def markdown(cell, nbs):
    "A markdown cell as GitHub shows it: no Quarto fences, no heading attributes"
    src = re.sub(r'^:::.*\n?', '', cell.source, flags=re.M)
    src = re.sub(r'^```console$', '```bash', src, flags=re.M)
    return relink(re.sub(r'^(#+ .*?) *\{[#.].*\} *$', r'\1', src, flags=re.M), nbs).strip()

def front_matter(cell):
    "The title and description of a raw cell, as the heading they become on the site"
    import yaml
    s = cell.source.strip()
    fm = yaml.safe_load(s.strip('-')) if s.startswith('---') else {}
    said = [f'{mark} {fm[k]}' for mark,k in (('#', 'title'), ('>', 'description')) if k in fm]
    return '\n\n'.join(said)


# ---- code and outputs ----

def off(cell, name):
    "Is the Quarto directive `name` false in this cell?"
    return cell.directives_.get(f'{name}:', [''])[0].lower()=='false'

def text(o): return ''.join(o) if isinstance(o, list) else o

def indent(s):
    plain = re.sub(r'\x1b\[[0-9;]*m', '', s).strip('\n')
    return '\n'.join(f'    {o}'.rstrip() for o in plain.splitlines())

def failed_output(o):
    sys.exit(f"readme: index.ipynb holds an error among its outputs ({o['ename']}: {o['evalue']}); run it again first")

def picture(data, name):
    "The picture among an output's data, as (name of its file, bytes); None where there is none"
    for kind,ext in PICTURES.items():
        if kind in data: return f'{name}.{ext}',data[kind].encode() if ext=='svg' else b64decode(data[kind])

def output(o, name, pics, alt):
    "One output of a cell; a picture is put into `pics` under `name`, and says `alt` to those who cannot see it"
    if o['output_type']=='stream': return indent(text(o['text']))
    if o['output_type']=='error': failed_output(o)
    data = {k:text(v) for k,v in o['data'].items() if k!='application/json'}
    if found := picture(data, name):
        pics[found[0]] = found[1]
        return f'![{escape(alt)}]({FILES}/{found[0]})'
    if 'text/markdown' in data: return data['text/markdown'].strip()
    if 'text/html' in data: return re.sub(r'<(style|script)\b.*?</\1>\s*', '', data['text/html'], flags=re.S).strip()
    return indent(data.get('text/plain', ''))

def alt_of(cell):
    "What a picture of this cell says to those who cannot see it"
    said = cell.directives_.get('fig-alt:') or cell.directives_.get('fig-cap:') or ['figure']
    return ' '.join(said).strip('"')

def code(cell, i, pics):
    "A code cell and its outputs"
    if off(cell, 'include'): return ''
    src = '\n'.join(o for o in cell.source.splitlines() if not o.lstrip().startswith('#|')).strip()
    language = cell.metadata.get('language', 'python')
    parts = [] if off(cell, 'echo') or not src else [f'``` {language}\n{src}\n```']
    outs = [] if off(cell, 'output') else cell.get('outputs', [])
    parts += [output(o, f'{i:02}-{j}', pics, alt_of(cell)) for j,o in enumerate(outs)]
    return '\n\n'.join(o for o in parts if o)


# ---- the file ----

def processed(path):
    "The cells of a notebook after nbdev's directives"
    from nbdev import processors as p
    from nbdev.process import NBProcessor
    procs = [p.populate_language, p.strip_ansi, p.hide_line, p.filter_stream_, p.rm_header_dash, p.rm_export, p.hide_,
             p.clean_magics]
    return NBProcessor(path, procs=procs, process=True).nb.cells

def render(path=ROOT/'nbs/index.ipynb'):
    "README's text, and its pictures as a dict from name to bytes"
    if not path.exists(): sys.exit('readme: nbs/index.ipynb is missing')
    pics,parts = {},[]
    for i,c in enumerate(processed(path)):
        if c.cell_type=='code': parts.append(code(c, i, pics))
        elif c.cell_type=='raw': parts.append(front_matter(c))
        else: parts.append(markdown(c, path.parent))
    parts = [o for o in parts if o]
    if parts: parts.insert(1, NOTE)
    return '\n\n'.join(parts)+'\n',pics

def wanted(root):
    "README.md and its pictures as index.ipynb says them: a dict from name to bytes"
    md,pics = render(root/'nbs/index.ipynb')
    return {'README.md':md.encode(), **{f'{FILES}/{k}':v for k,v in pics.items()}}

def there(root):
    "README.md and its pictures as they are"
    paths = [root/'README.md', *sorted((root/FILES).glob('*'))]
    return {str(p.relative_to(root)):p.read_bytes() for p in paths if p.exists()}

def write(names, want):
    "Write the files named, or remove those that nothing wants"
    for n in names:
        p = ROOT/n
        if n not in want:
            p.unlink()
            continue
        p.parent.mkdir(exist_ok=True)
        p.write_bytes(want[n])
    (ROOT/'README.md').touch() # newer than the notebook, so that nbdev_docs leaves it alone

def main():
    want,have = wanted(ROOT),there(ROOT)
    names = sorted(k for k in want.keys() | have.keys() if want.get(k)!=have.get(k))
    if '--check' in sys.argv:
        if names: sys.exit(f"readme: not in step with nbs/index.ipynb: {', '.join(names)}; run `make readme`")
        return
    write(names, want)
    print(f"readme: {', '.join(names) + ' written' if names else 'already in step'}")


if __name__=='__main__': main()
