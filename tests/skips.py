"""The tests that may be skipped: what each of them needs, and how its reason begins. No other skip is in order.

On a developer's machine a test may be skipped for each of these reasons. In CI (CI=true) each skip is a
failure, unless the environment variable LESSONS_MAY_SKIP names what the machine cannot have, such as
"pyodide cats"; what Windows lacks may always be missing there.
"""

import os
import re
import sys

# name, for LESSONS_MAY_SKIP: pattern of the reasons that tests give
SKIPS = {
    "chromium": r"no Chromium found",  # a system's own program: pip does not bring it
    "book": r"the book needs more|the lab needs more",  # site/requirements.txt, which readers do not need
    "pyodide": r"no Pyodide:",  # 400 MB, from another host
    "axe": r"npm is not installed|npm could not fetch axe-core",  # from npm
    "torch": r"PyTorch is not installed",  # 200 MB, to be compared with
    "dask": r"Dask is not installed|The engine for several processes",  # requirements-scale.txt
    "cats": r"the cat pictures are not on this machine",  # without a clear licence, so not bundled
    "zizmor": r"zizmor is not installed",  # a judge of workflows, for those who change them
    "actionlint": r"actionlint is not installed",  # another; its package fetches a program from another host
    "windows": r"Windows |this system has no alarm|no symbolic links here",
}


def fault(reason, environment=os.environ, platform=sys.platform):
    """What is wrong with a skip for this reason, a sentence; or None, where it is in order."""
    name = next((name for name, pattern in SKIPS.items() if re.match(pattern, reason)), None)
    if name is None:
        return f"skipped for a reason that tests/skips.py does not list: {reason}"
    allowed = environment.get("LESSONS_MAY_SKIP", "").split() + ["windows"] * (platform == "win32")
    if environment.get("CI") == "true" and name not in allowed:
        return f"skipped in CI, where LESSONS_MAY_SKIP does not name {name}: {reason}"
    return None
