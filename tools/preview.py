"""The site as it will look, where there is no Quarto: `python tools/preview.py` makes _preview/ out of _proc/

Quarto turns a notebook into Markdown, hands that to pandoc, and dresses what comes back with Bootstrap. This does the
same in small: the marks that Quarto puts around cells and outputs (tools/pages.py makes their words), pandoc, the
site's own style sheet, light and dark as the reader's machine asks. Search, cross-references and the copy button are
left to Quarto. `--themes DIR` takes Bootstrap from there (flatly/ and darkly/ of npm's `bootswatch`, in its dist/).
"""
import argparse
import re
import shutil
import sys
from base64 import b64decode
from html import escape
from pathlib import Path

import pages
from common import CFG, NBS, ROOT, directives, is_code, is_off, notebooks, read, source

HERE = ROOT/'_preview'
STYLE = '''.page {display:grid; grid-template-columns:14rem minmax(0,1fr) 13rem; gap:2rem; max-width:82rem; margin:auto;
padding:1rem} .side,#toc {font-size:.85rem} .side ul,#toc ul {list-style:none; padding-left:.8rem} main td,main th {
padding:.5rem} div.sourceCode,p code {background:rgba(128,128,128,.1)} div.sourceCode {padding:.4rem} pre {margin:0;
font-size:.875em} pre,pre code.sourceCode,pre>code.sourceCode>span {white-space:pre-wrap; overflow-wrap:anywhere}
h2 {border-bottom:1px solid #8885}
@media (max-width:800px) {.page {display:block} .side,#toc {display:none}}'''
PAGE = f'''<!doctype html><html lang="en"><head><meta charset="utf-8"><title>$pagetitle$</title>
<meta name="viewport" content="width=device-width,initial-scale=1"><link rel="icon" href="favicon.svg">
<link rel="stylesheet" href="flatly.css" media="(prefers-color-scheme:light)">
<link rel="stylesheet" href="darkly.css" media="(prefers-color-scheme:dark)">
<style>$if(highlighting-css)$$highlighting-css$$endif$ {STYLE}</style><link rel="stylesheet" href="styles.css"></head>
<body><script>document.body.className=document.documentElement.className=
matchMedia('(prefers-color-scheme:dark)').matches ? 'quarto-dark' : 'quarto-light'</script>
<div class="page"><nav class="side">$side$</nav><main class="content"><h1 class="title">$pagetitle$</h1>
$if(description)$<p class="lead">$description$</p>$endif$ $body$</main><nav id="toc">$table-of-contents$</nav></div>
</body></html>'''
KIND = dict(display_data='display', execute_result='display', stream='stream', error='error')


# ---- a notebook as Quarto's Markdown ----

def fence(text, head=''):
    "A block of code that may hold fences itself"
    ticks = '`'*max(3, 1+max(map(len, re.findall('`+', text)), default=0))
    return f'{ticks}{head}\n{text.rstrip()}\n{ticks}'

def div(body, *classes): return f"\n:::::: {{{' '.join('.'+o for o in classes)}}}\n{body}\n::::::\n"

def picture(png, name, alt):
    "Store a picture; returns the Markdown that shows it"
    (HERE/name).write_bytes(b64decode(png))
    return f'![]({name}){{fig-alt="{alt}" alt="{alt}"}}'

def shown(data, name, alt):
    "What Quarto shows of an output's data, and whether it is Markdown"
    data = {k:''.join(v) if isinstance(v, list) else v for k,v in data.items()}
    if 'image/png' in data: return picture(data['image/png'], name, alt),False
    if 'text/markdown' in data: return data['text/markdown'],True
    if 'text/html' in data: return fence(data['text/html'], '{=html}'),False
    return fence(data.get('text/plain', '')),False

def output(o, name, alt, bare):
    "An output in its marks; bare ones have none"
    kind = o.get('name', KIND[o['output_type']])
    body,is_markdown = (fence(''.join(o['text'])),False) if 'text' in o else shown(o['data'], name, alt)
    if bare: return '\n'+body+'\n'
    return div(body, 'cell-output', f'cell-output-{kind}', *(['cell-output-markdown'] if is_markdown else []))

def code(cell, name):
    "The code of a cell, folded where the page folds it"
    said,text = directives(cell),pages.without(cell, r'[\w-]+').strip()
    if is_off(cell, 'echo') or not text: return ''
    block = fence(text, '{.python .cell-code}')
    summary = said.get('code-summary', 'Code').strip('"')
    if 'code-fold' not in said: return block
    return f'<details class="code-fold"><summary>{summary}</summary>\n\n{block}\n\n</details>'

def cell_words(cell, name):
    "A cell as Quarto hands it to pandoc"
    if cell['cell_type']=='raw': return ''
    if not is_code(cell): return source(cell)
    said = directives(cell)
    bare,alt = said.get('output')=='asis',escape(said.get('fig-alt', '').strip('"'))
    outs = [] if is_off(cell, 'output') else cell['outputs']
    words = code(cell, name)+'\n'+''.join(output(o, f'{name}-{i}.png', alt, bare) for i,o in enumerate(outs))
    return words if bare or not words.strip() else div(words, 'cell')

def words(path):
    "A page as Quarto hands it to pandoc"
    return '\n\n'.join(cell_words(c, f'{path.stem}-{i}') for i,c in enumerate(read(path)['cells']))


# ---- pages ----

def sidebar(o, addresses, titles):
    "The sidebar as a list of links"
    if isinstance(o, list): return '<ul>'+''.join(sidebar(v, addresses, titles) for v in o)+'</ul>'
    if isinstance(o, str): o = dict(href=o, text=titles[o])
    if 'section' in o: return f"<li>{escape(o['section'])}{sidebar(o['contents'], addresses, titles)}</li>"
    return f"<li><a href='{addresses[o['href']]}'>{escape(o['text'])}</a></li>"

def relinked(html, addresses):
    "Links to notebooks and to the site, as links between the pages here"
    html = re.sub(r'href="([\w.-]+\.ipynb)', lambda m: f'href="{addresses.get(m[1], m[1])}', html)
    return html.replace(f'{pages.SITE}/', '')

def render(path, addresses, side):
    "Write one page"
    import pypandoc
    said = pages.front(read(path))
    more = ['--mathml', '--citeproc', f'--bibliography={NBS/"references.bib"}', '--toc', '--toc-depth=3',
            '--standalone', '--highlight-style=monochrome', f'--variable=side:{side}', f'--template={HERE/"page.html"}',
            f'--lua-filter={NBS/"unescape.lua"}',
            '--metadata=link-citations:true', f"--metadata=pagetitle:{said.get('title', CFG['title'])}",
            f"--metadata=description:{said.get('description', '')}"]
    html = pypandoc.convert_text(words(path), 'html5', format='markdown', extra_args=more)
    (HERE/addresses[path.name]).write_text(relinked(html, addresses), encoding='utf-8')

def main():
    import yaml
    a = argparse.ArgumentParser(description='The site as it will look, without Quarto')
    a.add_argument('pages', nargs='*', help='names of notebooks; none: all')
    a.add_argument('--themes', type=Path, help="folder that holds flatly/ and darkly/ (npm's bootswatch/dist)")
    a = a.parse_args()
    if not pages.CACHE.exists(): sys.exit('preview: there is no _proc/; `python tools/pages.py` makes it')
    HERE.mkdir(exist_ok=True)
    (HERE/'page.html').write_text(PAGE, encoding='utf-8')
    for p in pages.CACHE.iterdir():
        if p.suffix not in ('.ipynb','.yml') and p.is_file(): shutil.copy(p, HERE)
    for o in ('flatly','darkly') if a.themes else (): shutil.copy(a.themes/o/'bootstrap.min.css', HERE/f'{o}.css')
    paths,addresses = notebooks(pages.CACHE),pages.addresses()
    contents = yaml.safe_load((ROOT/'_quarto.yml').read_text(encoding='utf-8'))['website']['sidebar']['contents']
    side = sidebar(contents, addresses, {p.name:pages.front(read(p)).get('title', p.stem) for p in paths})
    for p in paths:
        if not a.pages or p.stem in a.pages: render(p, addresses, side)
    print(f'preview: {HERE/"index.html"}')


if __name__=='__main__': main()
