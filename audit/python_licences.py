"""Prints name, version and licence of each package that this Python has, or that a folder has, as its own metadata tell it."""

import importlib.metadata
import json
import sys

found = []
for distribution in importlib.metadata.distributions(path=sys.argv[1:] or sys.path):
    metadata = distribution.metadata
    classifiers = [line.removeprefix("License :: ") for line in metadata.get_all("Classifier", []) if line.startswith("License :: ")]
    found.append({"name": metadata["Name"], "version": metadata["Version"], "expression": metadata["License-Expression"], "classifiers": classifiers, "text": metadata["License"]})
json.dump(found, sys.stdout)
