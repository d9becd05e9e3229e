"Everything about the package is said once, in settings.ini; this file hands it to setuptools"
from configparser import ConfigParser
from pathlib import Path
from setuptools import find_packages, setup

here = Path(__file__).parent
ini = ConfigParser(delimiters=['='])
ini.read(here/'settings.ini', encoding='utf-8')
cfg = ini['DEFAULT']
readme = here/'README.md'
stages = {'1':'1 - Planning', '2':'2 - Pre-Alpha', '3':'3 - Alpha', '4':'4 - Beta', '5':'5 - Production/Stable'}
licenses = {'apache2':'Apache-2.0', 'mit':'MIT', 'bsd3':'BSD-3-Clause'}

setup(
    name=cfg['lib_name'], version=cfg['version'], description=cfg['description'], keywords=cfg['keywords'],
    long_description=readme.read_text(encoding='utf-8') if readme.exists() else cfg['description'],
    long_description_content_type='text/markdown',
    author=cfg['author'], author_email=cfg['author_email'], url=cfg['git_url'], license=licenses[cfg['license']],
    classifiers=[f"Development Status :: {stages[cfg['status']]}", f"Intended Audience :: {cfg['audience']}",
                 f"Natural Language :: {cfg['language']}", 'Programming Language :: Python :: 3'],
    packages=find_packages(include=[cfg['lib_path'], f"{cfg['lib_path']}.*"]),
    package_data={cfg['lib_path']:['py.typed', 'templates/*']}, # the report's template and style sheet
    zip_safe=False,
    python_requires=f">={cfg['min_python']}",
    install_requires=cfg['requirements'].split(),
    extras_require={k:cfg[f'{k}_requirements'].split() for k in ('dev','timm','ray','dask','browser','preview')},
    entry_points=dict(console_scripts=cfg['console_scripts'].split(),
                      # lets the docs link `names` in backticks
                      nbdev=[f"{cfg['lib_name']}={cfg['lib_path']}._modidx:d"]),
)
