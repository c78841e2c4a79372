# SPDX-License-Identifier: Apache-2.0
"""The site of the Python package: `sphinx-build -W docs/site FOLDER`, with the package where Python finds it."""

import ketch

project = "Ketch"
author = "the authors of Ketch"
copyright = author
release = version = ketch.__version__

extensions = ["sphinx.ext.autodoc", "sphinx.ext.viewcode"]
default_role = "py:obj"
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True
autodoc_default_options = {"members": True, "show-inheritance": True}

html_theme = "furo"
html_title = f"Ketch {release}"
html_copy_source = False
