"""The list of reasons for which a test may be skipped. Any other skip counts as a failure.

On a developer's machine, a test may be skipped for any of these reasons. In CI, where the environment variable CI is
"true", every skip is a failure, unless LESSONS_MAY_SKIP contains the name of its reason. For example, set it to
"pyodide cats" if the machine has neither Pyodide nor the cat images. On Windows, "windows" is always accepted, and on
all systems other than Linux, "linux" is.
"""

import os
import re
import sys

# Maps names that can be used in LESSONS_MAY_SKIP to patterns that match the reasons given by tests.
SKIPS = {
    "chromium": r"no Chromium found",  # cannot be installed with pip
    "book": r"the book needs more|the lab needs more",  # listed in site/requirements.txt, not needed by readers
    "pyodide": r"no Pyodide:",  # a download of 400 MB
    "npm": r"npm is not installed|npm could not fetch",  # axe-core, TypeScript, the editor of the cells
    "torch": r"PyTorch is not installed",  # a download of 200 MB that is only used for comparison
    "dask": r"Dask (distributed, which .*, )?is not installed",  # listed in requirements-scale.txt
    "cats": r"the cat pictures are not on this machine",  # not bundled because their licence is unclear
    "zizmor": r"zizmor is not installed",  # a linter that is only needed for changes in the workflows
    "actionlint": r"actionlint is not installed",  # another such linter, whose package downloads a program
    "namespaces": r"this kernel has no namespaces",  # some systems forbid them
    "linux": r"two processes share memory only on Linux|only Linux has|only the GNU C library has",
    "windows": r"Windows |this system (has no|cannot)|no symbolic links here",
}


def fault(reason, environment=os.environ, platform=sys.platform):
    """Explain in a sentence why a skip for this reason is not acceptable, or return None if it is."""
    name = next((name for name, pattern in SKIPS.items() if re.match(pattern, reason)), None)
    if name is None:
        return f"skipped for a reason that tests/skips.py does not list: {reason}"
    allowed = environment.get("LESSONS_MAY_SKIP", "").split() + ["windows"] * (platform == "win32")
    allowed += ["linux"] * (platform != "linux")
    if environment.get("CI") == "true" and name not in allowed:
        return f"skipped in CI, where LESSONS_MAY_SKIP does not name {name}: {reason}"
    return None
