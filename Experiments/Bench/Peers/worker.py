"""The half of PythonWorker.swift that every script here shares: a line of JSON asks, a line of JSON answers.

A question is an object with the name of an operation under "op"; so is an answer, with the reason under "error" when it has none to give.
"""
import json, os, sys

# From here on what libraries print goes to standard error: standard output has answers only.
ANSWERS = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)


def serve(operations):
    """Answers the questions on standard input until it ends; `operations` are functions of a question by name."""
    for line in filter(str.strip, sys.stdin):
        try:
            question = dict(json.loads(line))
            answer = operations[question["op"]](question)
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=ANSWERS, flush=True)


def version(module):
    """The version of a module; None where it is not there."""
    try:
        return __import__(module).__version__
    except ImportError:
        return None
