"""The site as it will look, where there is no Quarto: `python tools/preview.py` makes _preview/ out of _proc/

Quarto turns a notebook into Markdown, hands that to pandoc, and dresses what comes back with Bootstrap. This does the
same in small: the marks that Quarto puts around cells and outputs (tools/pages.py makes their words), pandoc, the
site's own style sheet, light and dark as the reader's machine asks. Navigation, search, cross-references and buttons
are left to Quarto. `--themes DIR` takes Bootstrap from there (flatly/ and darkly/ of npm's `bootswatch`, in its dist/).
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
STYLE = '''main {max-width:52rem; margin:auto; padding:1rem} #toc ul {list-style:none; padding-left:.8rem}
main :is(td,th) {padding:.5rem} div.sourceCode,p code {background:rgba(128,128,128,.1)} div.sourceCode {padding:.4rem}
pre {margin:0; font-size:.875em} pre,pre code.sourceCode,pre code span {white-space:pre-wrap; overflow-wrap:anywhere}'''
PAGE = f'''<!doctype html><html lang="en"><head><meta charset="utf-8"><title>$pagetitle$</title>
<meta name="viewport" content="width=device-width,initial-scale=1"><link rel="icon" href="favicon.svg">
<link rel="stylesheet" href="flatly.css" media="(prefers-color-scheme:light)">
<link rel="stylesheet" href="darkly.css" media="(prefers-color-scheme:dark)">
<style>$if(highlighting-css)$$highlighting-css$$endif$ {STYLE}</style><link rel="stylesheet" href="styles.css"></head>
<body><script>document.body.className=document.documentElement.className=
matchMedia('(prefers-color-scheme:dark)').matches ? 'quarto-dark' : 'quarto-light'</script>
<main><h1>$pagetitle$</h1><p class="lead">$description$</p><details id="toc"><summary>On this page</summary>
$table-of-contents$</details>$body$</main></body></html>'''
KIND = dict(display_data='display', execute_result='display', stream='stream', error='error')


# ---- a notebook as Quarto's Markdown ----

def fence(text, head=''):
    "A block of code that may hold fences itself"
    ticks = '`'*max(3, 1+max(map(len, re.findall('`+', text)), default=0))
    return f'{ticks}{head}\n{text.rstrip()}\n{ticks}'

def div(body, *classes): return f"\n:::::: {{{' '.join('.'+o for o in classes)}}}\n{body}\n::::::\n"

def shown(data, name, alt):
    "What Quarto shows of an output's data, and whether it is Markdown"
    data = {k:''.join(v) if isinstance(v, list) else v for k,v in data.items()}
    if 'image/png' in data:
        (HERE/name).write_bytes(b64decode(data['image/png']))
        return f'![]({name}){{fig-alt="{alt}" alt="{alt}"}}',False
    if 'text/markdown' in data: return data['text/markdown'],True
    if 'text/html' in data: return fence(data['text/html'], '{=html}'),False
    return fence(data.get('text/plain', '')),False

def output(o, name, alt, bare):
    "An output in its marks; bare ones have none"
    kind = o.get('name', KIND[o['output_type']])
    body,is_markdown = (fence(''.join(o['text'])),False) if 'text' in o else shown(o['data'], name, alt)
    more = ['cell-output-markdown'] if is_markdown else []
    return f'\n{body}\n' if bare else div(body, 'cell-output', f'cell-output-{kind}', *more)

def code(cell):
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
    words = code(cell)+'\n'+''.join(output(o, f'{name}-{i}.png', alt, bare) for i,o in enumerate(outs))
    return words if bare or not words.strip() else div(words, 'cell')

def words(path):
    "A page as Quarto hands it to pandoc"
    return '\n\n'.join(cell_words(c, f'{path.stem}-{i}') for i,c in enumerate(read(path)['cells']))


# ---- pages ----

def relinked(html, addresses):
    "Links to notebooks and to the site, as links between the pages here"
    html = re.sub(r'href="([\w.-]+\.ipynb)', lambda m: f'href="{addresses.get(m[1], m[1])}', html)
    return html.replace(f'{pages.SITE}/', '')

def render(path, addresses):
    "Write one page"
    import pypandoc
    said = pages.front(read(path))
    more = ['--mathml', '--citeproc', f'--bibliography={NBS/"references.bib"}', '--toc', '--toc-depth=3',
            '--standalone', '--syntax-highlighting=monochrome', f'--template={HERE/"page.html"}',
            f'--lua-filter={NBS/"unescape.lua"}',
            '--metadata=link-citations:true', f"--metadata=pagetitle:{said.get('title', CFG['title'])}",
            f"--metadata=description:{said.get('description', '')}"]
    html = pypandoc.convert_text(words(path), 'html5', format='markdown', extra_args=more)
    (HERE/addresses[path.name]).write_text(relinked(html, addresses), encoding='utf-8')

def main():
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
    for p in paths:
        if not a.pages or p.stem in a.pages: render(p, addresses)
    print(f'preview: {HERE/"index.html"}')


if __name__=='__main__': main()
