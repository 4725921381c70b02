"""Show what will be handed in and write it to a file. Nothing is sent anywhere."""

import contextlib
import html
import json
import os
import re
import unicodedata

from IPython import get_ipython
from IPython.display import display

from helpers.exercises import record, source, submission
from helpers.exercises.message import Message
from helpers.exercises.registry import EXERCISES, LESSONS
from helpers.system.browser import download, in_browser, in_page
from helpers.system.files import as_path, in_words
from helpers.system.validation import brief

RECORDING_OFF = (
    f"LESSONS_PROGRESS is {os.devnull!r}, so your answers are not recorded: remove this environment variable, restart "
    "the kernel and do the exercises again."
)
MANY = 100  # maximum number of files with the same name in a folder


def hand_in(name=None, lesson=None, folder="."):
    """Show what will be handed in, and then write it to a small file. The file is not sent anywhere.

    In a notebook, ``hand_in()`` shows a form with a button. ``hand_in("Ada Lovelace")`` writes the file at once. On a
    page of the book, the browser saves the file as a download.

    Parameters
    ----------
    name : str, optional
        The name under which you hand in your answers. You can choose any name that your teacher will recognise.
    lesson : str, int or list of these, optional
        Hand in only the answers from these lessons, such as "04". By default, all answers are handed in.
    folder : str or path-like
        The folder in which to save the file. An existing file is never replaced.
    """
    lessons, refusal = _lessons(lesson)
    if name is None and not refusal and get_ipython() is not None:
        display(form(lessons, folder))
        return
    given, refusal = _gathered(name, lessons) if not refusal else (None, refusal)
    if refusal:
        Message("?", "Nothing was written.", refusal).show()
        return
    text = submission.text_of(given)
    Message("→", "Your file will contain exactly this.", _counted(given), text, language="json").show()
    Message(*_written(given.name, text, folder)).show()


def form(lessons=tuple(LESSONS), folder="."):
    """Return a widget with a field for the name, a button, and the text that the button writes to a file."""
    import ipywidgets  # not at the top, because importing it is slow and nothing else here needs it

    name = ipywidgets.Text(description="Your name", placeholder="as your teacher knows you")
    button = ipywidgets.Button(description="Write the file", disabled=True, button_style="primary")
    said, shown = ipywidgets.HTML(), ipywidgets.HTML()
    file = {}

    def show(_=None):
        given, refusal = _gathered(name.value, lessons)
        file["name"], file["text"] = (given.name, submission.text_of(given)) if given else ("", "")
        button.disabled = not given
        said.value = html.escape(refusal or f"{_counted(given)} It will contain exactly this:")
        shown.value = f'<pre style="max-height: 20em; overflow: auto">{html.escape(file["text"])}</pre>'

    def write(_):
        show()  # an answer may have changed since the name was typed
        if button.disabled:
            return
        mark, label, words = _written(file["name"], file["text"], folder)
        said.value = html.escape(f"{mark} {label} {words}")

    name.observe(show, "value")
    button.on_click(write)
    show()
    return ipywidgets.VBox([ipywidgets.HBox([name, button]), said, shown])


def _lessons(lesson):
    """Return a list of lesson names and a message, which is "" if all of the lessons exist."""
    if lesson is None:
        return list(LESSONS), ""
    given = lesson if isinstance(lesson, (list, tuple)) and lesson else [lesson]
    names = [f"{one:02d}" if type(one) is int else str(one).zfill(2) for one in given]
    unknown = [name for name in names if name not in LESSONS]
    if unknown:
        return [], f"lesson is {unknown[0][:20]!r}, but it must be one of {', '.join(LESSONS)}, in quotes."
    return names, ""


def _gathered(name, lessons):
    """Return the submission and "", or None and the reason why nothing can be handed in."""
    name = submission.clean(name) if isinstance(name, str) else ""
    if not name:
        words = "You can choose any name that your teacher will recognise."
        return None, f'Enter your name, as in hand_in("Ada Lovelace"). {words}'
    if len(name) > submission.LONGEST_NAME:
        return None, f"The name has {len(name)} characters. Choose one with at most {submission.LONGEST_NAME}."
    if record.path() is None:
        return None, RECORDING_OFF
    entries, said = record.read_all()
    known = [one for one in entries["answers"] if one in EXERCISES and one[:2] in lessons]
    others = [seed for seed, those in entries.get("earlier", {}).items() if any(one[:2] in lessons for one in those)]
    if others and not said and not known:
        call = f"use_seed({others[0] or None!r})"
        return None, f"All your answers were given with different numbers: call {call} to hand them in."
    if said or not known:
        where = "" if len(lessons) == len(LESSONS) else f" from lesson {' or '.join(lessons)}"
        return None, said or f"There are no answers{where} to hand in yet. Do an exercise first and run its cell."
    answers = {one: record.attempts(entries, one) for one in known}
    return submission.Submission(name, entries["seed"], answers), ""


def _counted(given):
    right = sum(attempts.right for attempts in given.answers.values())
    count = len(given.answers)
    said = (
        f"The file contains {count} answer{'s' * (count != 1)}, of which {right} {'is' if right == 1 else 'are'} right."
    )
    return " ".join([said, *_incomplete(given.answers), *_another_name(given.name)])


def _another_name(name):
    """Yield a sentence if the answers in the record were last handed in under another name."""
    before = record.read_all()[0].get("handed_in_as")
    if isinstance(before, str) and before.casefold() != name.casefold():
        yield (
            f"Answers in {record.path().name} were last handed in as {before!r}: if that was somebody else, set the "
            f"environment variable LESSONS_PROGRESS to a file of your own, and do the exercises again."
        )


def _incomplete(answers):
    """Yield a sentence about each function that cannot be run again because something that it needs is missing."""
    for name, one in answers.items():
        missing = source.left_out(one.answer) or ("its code" if one.value is None and not one.answer else "")
        if missing:
            yield (
                f"{name} is incomplete: {missing} could not be written as code. In the cell that checks the function, "
                f"define everything that it needs, run the cell and hand in your answers again."
            )


def _written(name, text, folder):
    """Write the file under a name that is not in use, and return the mark, the label and the text of a message."""
    if in_page():
        download(f"hand_in_{file_name(name)}.json", text)
        record.set_name(name)
        return "✓", "Written.", "Your browser has downloaded a file with your answers. Give it to your teacher."
    try:
        folder = as_path(folder)
    except (TypeError, ValueError):
        return "✗", "Not written.", f"folder is {brief(folder)}, which cannot be a folder: choose one that exists."
    data, stem = text.encode(), f"hand_in_{file_name(name)}"
    for number in range(1, MANY + 1):
        path = folder / (f"{stem}.json" if number == 1 else f"{stem}_{number}.json")
        try:
            _write_new(path, data)
            record.set_name(name)
            return "✓", "Written.", f"{path.name} contains your answers. Give this file to your teacher.{_where()}"
        except FileExistsError:
            if _holds(path, text):
                return "✓", "Already written.", f"{path.name} contains exactly these answers."
        except OSError as error:
            return "✗", "Not written.", f"{in_words(error, path, 'write')}."
    return "✗", "Not written.", f"There are already {MANY} files with this name. Remove some of them."


def _where():
    """Return a sentence that says how to get a file out of the lab, or "" outside a browser."""
    how = (
        " To download it, choose File > Open…, open the folder notebooks, and choose Download in the file's context "
        "menu."
    )
    return how if in_browser() else ""


def _write_new(path, data):
    """Write a file completely or not at all.

    Raises
    ------
    FileExistsError
        If the file exists.
    OSError
        If the file cannot be written.
    """
    file = open(path, "xb")
    try:
        with file:
            file.write(data)
    except BaseException:
        with contextlib.suppress(OSError):
            path.unlink()
        raise


def _holds(path, text):
    """Return whether a file has the same content as `text`, apart from white space."""
    try:
        return json.loads(submission.read_limited(path, submission.LARGEST)) == json.loads(text)
    except (OSError, ValueError, RecursionError):
        return False


def file_name(name):
    """Turn a learner's name into a similar one that can be part of a file name on every system."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return re.sub(r"[^\w-]+|_+", "_", plain).strip("_")[:40] or "learner"
