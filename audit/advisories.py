"""Keeps a snapshot of the RustSec advisory database, for machines that do not reach it.

    advisories.py read CLONE   writes crates-io.tsv out of a clone of the database
    advisories.py lay FOLDER   makes a repository out of crates-io.tsv that cargo-deny reads in the place of the database

The snapshot has facts alone: which versions of which crate are meant. What an advisory says is at rustsec.org, by its id.
"""

import csv
import pathlib
import subprocess
import sys
import tomllib

TABLE = pathlib.Path(__file__).with_name("crates-io.tsv")
COLUMNS = ["id", "date", "package", "kind", "patched", "unaffected"]


def git(*line: str, folder: str | pathlib.Path) -> str:
    return subprocess.run(["git", "-C", str(folder), *line], check=True, capture_output=True, text=True).stdout


def read(clone: str) -> None:
    commit, date = git("log", "-1", "--format=%H %cs", folder=clone).split()
    rows = []
    for path in git("ls-tree", "-r", "--name-only", "HEAD", "crates", folder=clone).splitlines():
        head = git("show", f"HEAD:{path}", folder=clone).split("```toml")[1].split("```")[0]
        entry = tomllib.loads(head)
        advisory, versions = entry["advisory"], entry.get("versions", {})
        if "withdrawn" in advisory or advisory["id"] == "RUSTSEC-0000-0000":
            continue
        kind = advisory.get("informational", "vulnerability")
        ranges = ["; ".join(versions.get(name, [])) for name in ("patched", "unaffected")]
        rows.append([advisory["id"], advisory["date"], advisory["package"], kind, *ranges])
    with TABLE.open("w", newline="") as file:
        file.write(f"# RustSec advisory database (CC0-1.0), commit {commit}\n# {date}\n")
        table = csv.writer(file, delimiter="\t", lineterminator="\n")
        table.writerows([COLUMNS, *sorted(rows)])
    print(f"{len(rows)} advisories of {date}")


def lay(folder: str) -> None:
    with TABLE.open(newline="") as file:
        next(file)
        date = next(file)[2:].strip()
        rows = list(csv.DictReader(file, delimiter="\t"))
    for row in rows:
        path = pathlib.Path(folder, "crates", row["package"], f"{row['id']}.md")
        path.parent.mkdir(parents=True, exist_ok=True)
        fields = {"id": row["id"], "package": row["package"], "date": row["date"], "url": f"https://rustsec.org/advisories/{row['id']}"}
        if row["kind"] != "vulnerability":
            fields["informational"] = row["kind"]
        lines = ["```toml", "[advisory]", *(f'{name} = "{value}"' for name, value in fields.items()), "[versions]"]
        for name in ("patched", "unaffected"):
            ranges = [f'"{one}"' for one in row[name].split("; ") if one]
            lines.append(f"{name} = [{', '.join(ranges)}]")
        path.write_text("\n".join([*lines, "```", "", f"# {row['kind']} in {row['package']}, see {row['id']}", ""]))
    git("init", "--quiet", "--initial-branch=main", folder=folder)
    git("add", "--all", folder=folder)
    who = ["-c", "user.name=snapshot", "-c", "user.email=snapshot@localhost", "-c", "commit.gpgsign=false"]
    git(*who, "commit", "--quiet", "--message", f"Snapshot of {date}", folder=folder)
    print(date)


if __name__ == "__main__":
    {"read": read, "lay": lay}[sys.argv[1]](sys.argv[2])
