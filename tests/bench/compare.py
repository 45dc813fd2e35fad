#!/usr/bin/env python3
"""Times quorate on large made-up meetings, beside DuckDB and Polars where SQL can do the job.

  python3 -m venv /tmp/venv && /tmp/venv/bin/pip install duckdb polars
  cargo build --release
  /tmp/venv/bin/python tests/bench/compare.py --rows 1000000 --repeat 5     the comparison
  /tmp/venv/bin/python tests/bench/compare.py --scale                       100k, 1M and 10M of it
  /tmp/venv/bin/python tests/bench/compare.py --shapes --peers              the hard shapes, quorate alone

The job: of each account the newest card that is signed and was received in time, joined to the register,
and the shares of seven marks added up: FOR four nominees; FOR, AGAINST and ABSTAIN on a proposal. quorate
does more than that in the same time: it checks every cell of both files, digests them, gives every card its
disposition, and certifies. Totals must agree to the vote, and with those that the generator added up; else
no table is printed and the exit status is 1.

Each run is a process of its own. Contenders take turns, round by round, over files that were read once
beforehand, and each run that counts comes right after one of the same that does not: a virtual machine gives
memory that is not used back to its host, and to get it again can take longer than the work. Times are medians,
memory is the largest peak. What Python, its imports and its end take is not
counted for the peers; quorate's process is timed whole. Exit 2: a contender is missing. Linux only: memory is `ru_maxrss`, in kilobytes.
"""

import argparse
import datetime
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
CLOSE = "2026-05-20T11:00:00"
NOMINEES = ["adams", "brooks", "chen", "diaz"]
SHAPES = ["cumulated", "street", "ten", "one", "blocks", "overvoted", "items200", "mixed"]

# The sums of the last step, the same for every way to find the newest card.
SUMS = ", ".join(
    [f"sum(shares) FILTER (WHERE \"1.{name}\" = 'FOR')" for name in NOMINEES]
    + [f"sum(shares) FILTER (WHERE \"2\" = '{mark}')" for mark in ("FOR", "AGAINST", "ABSTAIN")]
)
MARKS = [f"1.{name}" for name in NOMINEES] + ["2"]


def clocks():
    return time.perf_counter(), time.process_time()


def duckdb_sql(folder, query, types):
    """The job in SQL. Columns have explicit types, so nothing is sniffed."""
    mark = "VARCHAR" if "text" in types else "ENUM('FOR', 'AGAINST', 'ABSTAIN', 'WITHHOLD')"
    received = "VARCHAR" if "text" in types else "TIMESTAMP"
    columns = {"card": "VARCHAR", "account": "VARCHAR", "received": received, "signed": "VARCHAR"}
    columns |= {name: mark for name in MARKS}
    register = {"account": "VARCHAR", "name": "VARCHAR", "shares": "BIGINT"}

    def table(name, columns):
        listed = ", ".join(f"'{name}': '{kind.replace(chr(39), chr(39) * 2)}'" for name, kind in columns.items())
        path = str(folder / name).replace("'", "''")
        return f"read_csv('{path}', header = true, auto_detect = false, columns = {{{listed}}})"

    quoted = ", ".join(f'"{name}"' for name in MARKS)
    packed = ", ".join(f"'{name}': \"{name}\"" for name in MARKS)
    each = ", ".join(f'arg_max("{name}", received) AS "{name}"' for name in MARKS)
    cards = f"""(SELECT account, received, {quoted} FROM {table("cards.csv", columns)}
                 WHERE signed = 'yes' AND received <= '{CLOSE}')"""
    newest = {
        "arg_max": f"SELECT account, unnest(arg_max({{{packed}}}, received)) FROM {cards} GROUP BY account",
        "arg_max_each": f"SELECT account, {each} FROM {cards} GROUP BY account",
        "row_number": f"""SELECT account, {quoted} FROM {cards}
                          QUALIFY row_number() OVER (PARTITION BY account ORDER BY received DESC) = 1""",
        "max_join": f"""SELECT cards.account, {quoted} FROM {cards} AS cards
                        JOIN (SELECT account, max(received) AS received FROM {cards} GROUP BY account) AS latest
                        ON cards.account = latest.account AND cards.received = latest.received""",
    }[query]
    return f"""WITH newest AS ({newest})
               SELECT {SUMS} FROM newest JOIN {table("register.csv", register)} AS register
               ON newest.account = register.account"""


def peer_duckdb(folder, variant, threads):
    import duckdb

    begun = clocks()
    connection = duckdb.connect(config={"threads": threads, "preserve_insertion_order": False})
    query, _, types = variant.partition("/")
    row = connection.execute(duckdb_sql(folder, query, types)).fetchone()
    return [int(value) for value in row], begun


def peer_polars(folder, variant, threads):
    os.environ["POLARS_MAX_THREADS"] = str(threads)
    import polars as pl

    begun = clocks()
    query, _, types = variant.partition("/")
    mark = pl.String if "text" in types else pl.Enum(["FOR", "AGAINST", "ABSTAIN", "WITHHOLD"])
    received = pl.Datetime("us") if "time" in types else pl.String
    close = datetime.datetime.fromisoformat(CLOSE) if "time" in types else CLOSE
    schema = {"card": pl.String, "account": pl.String, "received": received, "signed": pl.String}
    schema |= {name: mark for name in MARKS}
    cards = pl.scan_csv(folder / "cards.csv", schema=schema)
    cards = cards.filter((pl.col("signed") == "yes") & (pl.col("received") <= close))
    cards = cards.select("account", "received", *MARKS)
    if query == "max_by":
        newest = cards.group_by("account").agg(pl.struct(MARKS).max_by("received").alias("marks")).unnest("marks")
    elif query == "max_by_each":
        newest = cards.group_by("account").agg(pl.col(MARKS).max_by("received"))
    elif query == "sort_unique":
        newest = cards.sort("received").unique("account", keep="last", maintain_order=False)
    else:
        latest = cards.group_by("account").agg(pl.col("received").max())
        newest = cards.join(latest, on=["account", "received"])
    register = pl.scan_csv(
        folder / "register.csv", schema={"account": pl.String, "name": pl.String, "shares": pl.Int64}
    )
    register = register.select("account", "shares")
    sums = [pl.col("shares").filter(pl.col(f"1.{name}") == "FOR").sum().alias(name) for name in NOMINEES]
    sums += [
        pl.col("shares").filter(pl.col("2") == mark).sum().alias(mark) for mark in ("FOR", "AGAINST", "ABSTAIN")
    ]
    row = newest.join(register, on="account").select(sums).collect(engine="streaming").row(0)
    return [int(value) for value in row], begun


# Per peer its ways to find the newest card, the quickest first; `--variants` times them all.
VARIANTS = {
    "duckdb": ["row_number", "arg_max", "arg_max_each", "max_join", "row_number/text"],
    "polars": ["max_join", "sort_unique", "max_by", "max_by_each", "max_join/text", "max_join/time"],
}
PEERS = {"duckdb": peer_duckdb, "polars": peer_polars}
# Without `--variants`: plain SQL, with marks as text, and the quickest.
USUAL = {"duckdb": ["row_number/text", "row_number"], "polars": ["max_join"]}


class Run:
    """What a process took."""

    def __init__(self, command, statuses=(0, 3)):
        begun = time.perf_counter()
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            process = subprocess.Popen(command, stdout=out, stderr=err, stdin=subprocess.DEVNULL)
            _, status, usage = os.wait4(process.pid, 0)
            self.wall = time.perf_counter() - begun
            process.returncode = os.waitstatus_to_exitcode(status)
            out.seek(0)
            err.seek(0)
            self.out = out.read()
            if process.returncode not in statuses:
                sys.exit(f"{' '.join(map(str, command))}: exit {process.returncode}\n{err.read().decode()[-2000:]}")
        self.cpu = usage.ru_utime + usage.ru_stime
        self.megabytes = usage.ru_maxrss / 1024


class Contender:
    """A command that is run again and again."""

    def __init__(self, name, command, is_peer=False, before=None):
        self.name, self.command, self.is_peer, self.before = name, command, is_peer, before
        self.runs = []
        self.totals = None

    def run(self):
        for _ in range(2):
            if self.before:
                self.before()
            # The second counts.
            run = Run(self.command)
        if self.is_peer:
            answer = json.loads(run.out)
            run.wall, run.cpu = answer["wall"], answer["cpu"]
            totals = answer["totals"]
            if self.totals not in (None, totals):
                sys.exit(f"{self.name}: not the same totals twice")
            self.totals = totals
        elif self.runs and self.runs[0].out != run.out:
            sys.exit(f"{self.name}: not the same certificate twice")
        self.runs.append(run)

    wall = property(lambda self: statistics.median(run.wall for run in self.runs))
    cpu = property(lambda self: statistics.median(run.cpu for run in self.runs))
    megabytes = property(lambda self: max(run.megabytes for run in self.runs))


def differences(path, expected, found):
    """As the fixtures are compared: keys expected, arrays element by element."""
    if isinstance(expected, dict) and isinstance(found, dict):
        for key, value in expected.items():
            yield from differences(f"{path}.{key}", value, found.get(key))
    elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for place, (one, other) in enumerate(zip(expected, found)):
            yield from differences(f"{path}[{place}]", one, other)
    elif expected != found:
        yield f"{path}: expected {expected}, found {found}"


def checked_certificate(args, folder):
    """quorate's certificate, once it agrees with what the generator added up."""
    certificate = json.loads(Run([args.quorate, "tabulate", "--quiet", "--format", "json", folder]).out)
    expected = json.loads((folder / "expected/figures.json").read_text())["certificate"]
    wrong = list(differences("certificate", expected, certificate))
    if wrong:
        sys.exit(f"{folder}: quorate and the generator differ\n" + "\n".join(wrong[:20]))
    return certificate


def seven(certificate):
    election, proposal = certificate["items"]
    sums = [nominee["for"] for nominee in election["nominees"]]
    return [int(value) for value in sums + [proposal["for"], proposal["against"], proposal["abstain"]]]


def meeting(args, shape, rows):
    """The folder of a meeting, made unless it is there: its figures are written last."""
    holders = rows // 10 if shape == "ten" else rows
    folder = args.work / f"{shape}-{rows}-{args.seed}"
    if not (folder / "expected/figures.json").exists():
        options = {"--shape": shape, "--holders": holders, "--cards": rows, "--seed": args.seed, "--out": folder}
        command = ["cargo", "bench", "--quiet", "--bench", "generate", "--"]
        for option, value in options.items():
            command += [option, str(value)]
        subprocess.run(command, cwd=REPOSITORY, check=True, stdout=subprocess.DEVNULL)
    return folder


def csv_files(folder):
    return sorted(folder.glob("*.csv"))


def rows_of(certificate):
    return sum(entry.get("rows") or 0 for entry in certificate["inputs"])


def warm(folder):
    for path in csv_files(folder):
        with open(path, "rb") as file:
            while file.read(1 << 20):
                pass


def quorate_contenders(args, folder, out):
    """The count alone, with its documents, and on one thread where the program can be told."""
    tabulate = [args.quorate, "tabulate", "--quiet", folder]

    def empty():
        for path in out.glob("*"):
            path.unlink()

    contenders = [Contender("quorate", tabulate)]
    if b"--threads" in Run([args.quorate, "tabulate", "--help"]).out:
        contenders.append(Contender("quorate, one thread", tabulate + ["--threads", "1"]))
    contenders.append(Contender("quorate, documents", tabulate + ["--out", out], before=empty))
    return contenders


def peer_contenders(args, folder):
    for peer in args.peers:
        for variant in (VARIANTS if args.variants else USUAL)[peer]:
            name = {"duckdb": "DuckDB", "polars": "Polars"}[peer]
            command = [sys.executable, __file__, "--run-peer", peer, variant, folder, "--threads", str(args.threads)]
            yield Contender(f"{name}, {variant}", command, is_peer=True)


def race(args, folder, contenders):
    """Runs all in turns; the peers' totals must be quorate's."""
    certificate = checked_certificate(args, folder)
    warm(folder)
    for _ in range(args.repeat):
        for contender in contenders:
            contender.run()
    for contender in contenders:
        if contender.is_peer and contender.totals != seven(certificate):
            sys.exit(f"{folder}: quorate has {seven(certificate)}, {contender.name} {contender.totals}")
    return certificate


def print_table(header, rows):
    print("| " + " | ".join(header) + " |")
    print("|---|" + "---:|" * (len(header) - 1))
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print(flush=True)


def thousands(number):
    return f"{number:,.0f}"


def compare(args, folder):
    with tempfile.TemporaryDirectory(dir=args.work) as out:
        contenders = quorate_contenders(args, folder, pathlib.Path(out)) + list(peer_contenders(args, folder))
        certificate = race(args, folder, contenders)
    first = contenders[0]
    size = sum(path.stat().st_size for path in csv_files(folder)) / 1e6
    print(f"{thousands(rows_of(certificate))} rows, {thousands(size)} MB, {args.threads} threads, median of {args.repeat}\n")
    rows = [
        [
            contender.name,
            f"{contender.wall:.2f}",
            f"{contender.cpu:.2f}",
            thousands(contender.megabytes),
            f"{contender.wall / first.wall:.2f}",
            f"{contender.megabytes / first.megabytes:.2f}",
        ]
        for contender in contenders
    ]
    print_table(["", "wall s", "CPU s", "peak MB", "time, of quorate's", "memory, of quorate's"], rows)


def scale(args):
    rows = []
    for size in args.sizes:
        folder = meeting(args, "plain", size)
        contenders = [Contender("quorate", [args.quorate, "tabulate", "--quiet", folder])]
        contenders += peer_contenders(args, folder)
        certificate = race(args, folder, contenders)
        first, read = contenders[0], rows_of(certificate)
        row = [thousands(read), f"{first.wall:.2f}", thousands(read / first.wall), thousands(first.megabytes)]
        for peer in contenders[1:]:
            row += [f"{peer.wall:.2f}", thousands(peer.megabytes)]
        rows.append(row)
    header = ["rows", "quorate s", "rows/s", "peak MB"]
    for peer in contenders[1:]:
        header += [f"{peer.name} s", "peak MB"]
    print_table(header, rows)


def shapes(args):
    rows = []
    for shape in args.shapes or SHAPES:
        # Two hundred items make a row forty times as wide.
        size = args.rows // 10 if shape == "items200" else args.rows
        folder = meeting(args, shape, size)
        with tempfile.TemporaryDirectory(dir=args.work) as out:
            contenders = quorate_contenders(args, folder, pathlib.Path(out))
            alone, documents = contenders[0], contenders[-1]
            certificate = race(args, folder, [alone, documents])
        read = rows_of(certificate)
        size = sum(path.stat().st_size for path in csv_files(folder)) / 1e6
        rows.append(
            [shape, thousands(read), thousands(size), f"{alone.wall:.2f}", thousands(read / alone.wall)]
            + [thousands(alone.megabytes), f"{documents.wall:.2f}"]
        )
    print_table(["shape", "rows", "MB", "wall s", "rows/s", "peak MB", "with documents s"], rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=pathlib.Path, help="plain meetings, as the generator writes them")
    parser.add_argument("--quorate", default=REPOSITORY / "target/release/quorate", type=pathlib.Path)
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of each file of the meetings made")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--repeat", type=int, default=3, metavar="N", help="rounds, of which the median is shown")
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=list(PEERS), help="none: quorate alone")
    parser.add_argument("--variants", action="store_true", help="every way that a peer can do it")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="for the peers; quorate uses all")
    parser.add_argument("--scale", action="store_true", help="the job at several sizes")
    parser.add_argument("--sizes", type=int, nargs="+", default=[100_000, 1_000_000, 10_000_000])
    parser.add_argument("--shapes", nargs="*", choices=SHAPES, help="the hard shapes, quorate alone")
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path(tempfile.gettempdir()) / "quorate-bench")
    parser.add_argument("--run-peer", nargs=3, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.run_peer:
        peer, variant, folder = args.run_peer
        totals, begun = PEERS[peer](pathlib.Path(folder), variant, args.threads)
        wall, cpu = (end - begin for begin, end in zip(begun, clocks()))
        print(json.dumps({"totals": totals, "wall": wall, "cpu": cpu}))
        return
    if not args.quorate.exists():
        parser.error(f"{args.quorate} is missing: cargo build --release")
    for peer in args.peers:
        # Not imported here: a child's peak memory is never less than what its parent had.
        if subprocess.run([sys.executable, "-c", f"import {peer}"], capture_output=True).returncode:
            parser.error(f"{sys.executable} has no {peer}: pip install {peer}")
    args.work.mkdir(parents=True, exist_ok=True)
    if args.shapes is not None:
        shapes(args)
    if args.scale:
        scale(args)
    if args.shapes is None and not args.scale:
        for folder in args.folders or [meeting(args, "plain", args.rows)]:
            compare(args, folder)


if __name__ == "__main__":
    main()
