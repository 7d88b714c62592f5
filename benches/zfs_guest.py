#!/usr/bin/env python3
"""Our exporter beside Debian's node_exporter on the same real pools, in a virtual machine with a real OpenZFS.

    benches/zfs_guest.py [--exporter FILE] [--suite trixie] [--accel count] [--rounds 3] [--scrapes 100] [--steady 180]

node_exporter runs its zfs collector and nothing else, ours the role zfs. Both run side by side in the guest and are asked in
interleaved rounds on kept connections, as bare text and compressed as Prometheus asks; then for minutes at one scrape every
15 s. CPU is that of all threads (/proc/PID/task/*/schedstat), ours with its child. The guest is emulated on one processor whose
clock counts instructions, 2 ns each: what else the machine does changes nothing, and a time is a number of instructions, the
kernel's included. With another --accel it is a time, and only the ratios are the result. It is written to
benches/results/zfs-guest.md, above the line that says so, and printed.
"""
import argparse
import datetime
import json
import os
import platform
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parent
RIG = TOP / "tests/rig/zfs/rig.sh"
NODE_EXPORTER = ["--collector.disable-defaults", "--collector.zfs", "--web.disable-exporter-metrics"]
TRACED = 20
RESULT = HERE / "results" / "zfs-guest.md"
BY_HAND = "<!-- What stands below is written by hand and kept. -->"
# Title, key, unit, and the budget as a ratio where there is one.
ROWS = [("CPU of a scrape, as Prometheus asks (gzip)", "all_gzip_us", "µs", 0.1),
        ("– of it our child", "child_gzip_us", "µs", None),
        ("CPU of a scrape, bare text", "all_identity_us", "µs", 0.1),
        ("CPU of the whole process at a scrape every 15 s", "steady_ms", "ms", 0.25),
        ("– of it our child", "steady_child_ms", "ms", None),
        ("system calls of a scrape", "per_scrape", "", None),
        ("forks", "forks", "", None),
        ("idle RSS", "idle_kib", "KiB", 0.25), ("idle RSS of its child", "child_kib", "KiB", None),
        ("idle PSS, child included", "idle_pss_kib", "KiB", None), ("RSS at the end", "after_kib", "KiB", None),
        ("series", "series", "", None), ("page", "bytes", "bytes", None)]


CLOCKS = {"count": "The guest's clock counts instructions, 2 ns each, the kernel's included: 1 µs is 500 of them."}


def main() -> None:
    options = arguments(__doc__)
    with guest(options) as machine:
        for pool in ("tank", "usb"):
            inside(machine, "/rig/scenario", pool)
        put_programs(machine, options.exporter)
        taken = json.loads(inside(machine, "python3", "/usr/local/lib/bench/in_guest.py", json.dumps(plan(options))))
        version = inside(machine, "sh", "-c", "cat /sys/module/zfs/version; uname -r").split()
    text = report(options, version, taken)
    notes = RESULT.read_text().partition(BY_HAND)[2]
    RESULT.write_text(f"{text}\n{BY_HAND}{notes}")
    print(text)


def arguments(doc: str, more=lambda parser: None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--exporter", type=Path, default=TOP / "dist/x86_64-unknown-linux-musl/gjallarhorn-exporter")
    parser.add_argument("--suite", default="trixie")
    parser.add_argument("--accel", default="count", choices=["count", "tcg", "kvm"])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--scrapes", type=int, default=100)
    parser.add_argument("--steady", type=int, default=180, help="seconds")
    more(parser)
    return parser.parse_args()


@contextmanager
def guest(options: argparse.Namespace):
    with tempfile.TemporaryDirectory() as folder:
        try:
            # On two processors a clock that counts instructions would count those of both.
            processors = 1 if options.accel == "count" else 2
            # Its clock runs ahead while it waits, and thousands of snapshots take an hour of it.
            rig("start", "--suite", options.suite, "--accel", options.accel, "--smp", processors, "--lifetime", 14400, folder)
            yield folder
        finally:
            rig("stop", folder)


def rig(*words) -> str:
    return subprocess.run([RIG, *map(str, words)], check=True, stdout=subprocess.PIPE, text=True).stdout


def inside(machine: str, *command: str) -> str:
    return rig("exec", "--timeout", "1500", machine, "--", *command)


def put_programs(machine: str, exporter: Path) -> None:
    rig("put", machine, exporter, "/usr/local/bin/gjallarhorn-exporter")
    rig("put", machine, peer(), "/usr/local/bin/node_exporter")
    for file in ("in_guest.py", "procs.py"):
        rig("put", machine, HERE / "lib" / file, f"/usr/local/lib/bench/{file}")


def peer() -> Path:
    unpacked = subprocess.run([TOP / "tests/rig/peers/debian.sh", "prometheus-node-exporter"], check=True,
                              stdout=subprocess.PIPE, text=True).stdout.strip()
    return Path(unpacked) / "usr/bin/prometheus-node-exporter"


def plan(options: argparse.Namespace) -> dict:
    ours = ["gjallarhorn-exporter", "serve", "--role", "zfs", "--state-dir", "/run/gjallarhorn"]
    programs = {"ours": (9134, ours), "node_exporter": (9100, ["node_exporter", *NODE_EXPORTER])}
    return {"rounds": options.rounds, "scrapes": options.scrapes, "steady_seconds": options.steady, "traced": TRACED,
            "programs": {name: {"port": port, "argv": [*argv, f"--web.listen-address=127.0.0.1:{port}"]}
                         for name, (port, argv) in programs.items()}}


def report(options: argparse.Namespace, version: list[str], taken: dict[str, dict]) -> str:
    ours, peer = taken["ours"], taken["node_exporter"]
    for side in (ours, peer):
        side |= {key: side["calls"][key] for key in ("per_scrape", "forks")}
    lines = [
        "# The exporter beside node_exporter, on real pools", "",
        f"{datetime.date.today()}, commit {commit()}, {os.cpu_count()} × {platform.machine()}, in a guest with OpenZFS "
        f"{version[0]} and Linux {version[1]}: a raidz2 of six disks with log, cache and spare, and a mirror of two.",
        CLOCKS.get(options.accel, "Times are those of a guest: only the ratios are the result."),
        f"Medians of {options.rounds} interleaved rounds of {options.scrapes} scrapes on one kept connection; the whole "
        f"process over {options.steady} s; system calls over {TRACED} scrapes under strace. Debian's node_exporter with "
        f"`{' '.join(NODE_EXPORTER)}`; ours is {options.exporter.stat().st_size:,} bytes, role `zfs`, child included.", "",
        *table(ROWS, ours, peer)]
    lines += ["", f"Rounds, µs of a scrape (gzip): ours {ours['rounds_gzip_us']}, node_exporter {peer['rounds_gzip_us']}."]
    lines += [f"System calls, {TRACED} scrapes: {name} " + ", ".join(
        f"{call} {count}" for call, count in side["calls"]["names"].items()) + "." for name, side in taken.items()]
    return "\n".join(lines) + "\n"


def table(rows: list[tuple], ours: dict, theirs: dict) -> list[str]:
    """Both sides, row by row: title, key, unit, and the budget as a ratio where there is one."""
    lines = ["| | ours | node_exporter | ratio | budget |", "|---|---|---|---|---|"]
    for title, key, unit, budget in rows:
        ratio = ours[key] / theirs[key] if theirs[key] else None
        lines.append(f"| {title} | {ours[key]:,} {unit} | {theirs[key]:,} {unit} | "
                     f"{'–' if ratio is None else f'{ratio:.3f}'} | {verdict(ratio, budget)} |")
    return lines


def commit() -> str:
    named = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=TOP, capture_output=True, text=True)
    return named.stdout.strip()


def verdict(ratio: float | None, budget: float | None) -> str:
    if budget is None or ratio is None:
        return ""
    return f"≤ {budget}: {'met' if ratio <= budget else 'NOT MET'}"


if __name__ == "__main__":
    main()
