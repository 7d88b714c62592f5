#!/usr/bin/env python3
"""Our exporter beside Debian's node_exporter, in one run, on one recorded machine.

    benches/side_by_side.py [--exporter FILE] [--root FOLDER] [--rounds 3] [--scrapes 1000]

Each round starts every target anew, one after the other, and takes: resident memory when it is idle and after the scrapes,
and the CPU time of all its threads and children over the scrapes on one kept connection (from /proc/PID/task/*/schedstat,
in nanoseconds). The result is the median of the rounds and the ratio to node_exporter, written to
benches/results/exporter.md and printed. On a shared machine trust the ratios, not the times.
"""
import argparse
import datetime
import http.client
import json
import os
import platform
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from lib.procs import cpu_ns, get, memory, series, status, wait_until_ready

HERE = Path(__file__).resolve().parent
TOP = HERE.parent
# The collectors that look at what our roles look at, and none of its own metrics.
NODE_EXPORTER = ["--collector.disable-defaults", "--collector.hwmon", "--collector.thermal_zone", "--collector.cpufreq",
                 "--collector.zfs", "--web.disable-exporter-metrics"]
# Title, key, unit, and the budget as a ratio where there is one.
ROWS = [("idle RSS", "idle_kib", "KiB", 0.25), ("idle RSS of its child", "child_kib", "KiB", None),
        ("idle PSS, child included", "idle_pss_kib", "KiB", None), ("RSS after the scrapes", "after_kib", "KiB", None),
        ("CPU of a scrape", "cpu_us", "µs", 0.1), ("series", "series", "", None), ("page", "bytes", "bytes", None)]


def main() -> None:
    options = arguments()
    samples: dict[str, list[dict]] = {"ours": [], "node_exporter": []}
    for number in range(options.rounds):
        for name, taken in samples.items():
            taken.append(measure(command(name, options), options.scrapes))
            print(f"round {number + 1}, {name}: {json.dumps(taken[-1])}", flush=True)
    text = report(options, {name: medians(taken) for name, taken in samples.items()})
    (HERE / "results").mkdir(exist_ok=True)
    (HERE / "results" / "exporter.md").write_text(text)
    print(text)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--exporter", type=Path, default=TOP / "dist/x86_64-unknown-linux-musl/gjallarhorn-exporter")
    parser.add_argument("--root", type=Path, default=TOP / "common/zfs/fixtures/2.3.9/disk-gone")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--scrapes", type=int, default=1000)
    return parser.parse_args()


def command(name: str, options: argparse.Namespace) -> list[str]:
    root = options.root.resolve()
    if name == "ours":
        return [str(options.exporter), "serve", "--root", str(root), "--role", "zfs"]
    return [str(TOP / "tests/rig/peers/peer.sh"), "node_exporter", f"--path.procfs={root}/proc",
            f"--path.sysfs={root}/sys", *NODE_EXPORTER]


def measure(program: list[str], scrapes: int) -> dict:
    port = free_port()
    with tempfile.TemporaryDirectory() as state:
        more = ["--state-dir", state] if "serve" in program else []
        child = subprocess.Popen([*program, *more, f"--web.listen-address=127.0.0.1:{port}"], stderr=subprocess.DEVNULL)
        try:
            wait_until_ready(port)
            time.sleep(2)  # first polls and the runtime's own start are over
            page = get(http.client.HTTPConnection("127.0.0.1", port, timeout=10))
            taken = {**memory(child.pid), "series": series(page), "bytes": len(page)}
            taken["cpu_us"] = scrape(child.pid, port, scrapes)
            taken["after_kib"] = status(child.pid, "VmRSS")
            return taken
        finally:
            child.terminate()
            child.wait(timeout=10)


def free_port() -> int:
    import socket
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def scrape(pid: int, port: int, scrapes: int) -> float:
    """CPU microseconds of one scrape, all threads and children together."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    for _ in range(20):
        get(connection)
    before = cpu_ns(pid)
    for _ in range(scrapes):
        get(connection)
    return round((cpu_ns(pid) - before) / scrapes / 1000, 1)


def medians(taken: list[dict]) -> dict:
    return {key: statistics.median(sample[key] for sample in taken) for key in taken[0]}


def report(options: argparse.Namespace, result: dict[str, dict]) -> str:
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=TOP, capture_output=True, text=True).stdout.strip()
    ours, peer = result["ours"], result["node_exporter"]
    root = options.root.resolve()
    lines = [
        "# The exporter beside node_exporter", "",
        f"{datetime.date.today()}, commit {commit}, {os.cpu_count()} × {platform.machine()}, Linux {platform.release()}. "
        f"Medians of {options.rounds} interleaved rounds of {options.scrapes} scrapes on one kept connection.",
        f"Both read `{root.relative_to(TOP) if root.is_relative_to(TOP) else root}`; Debian's node_exporter with "
        f"`{' '.join(NODE_EXPORTER)}`. Ours is {options.exporter.stat().st_size:,} bytes, role `zfs`.", "",
        "| | ours | node_exporter | ratio | budget |", "|---|---|---|---|---|"]
    for title, key, unit, budget in ROWS:
        ratio = ours[key] / peer[key] if peer[key] else None
        lines.append(f"| {title} | {ours[key]:,} {unit} | {peer[key]:,} {unit} | "
                     f"{'–' if ratio is None else f'{ratio:.3f}'} | {verdict(ratio, budget)} |")
    lines += ["", f"The two do not do the same work on this tree: node_exporter finds {peer['series']:g} series in it, ours "
                  f"{ours['series']:g}. A recording of pools has no sensors and no ARC statistics, and our roles for sensors "
                  "do not exist yet. The fair comparison of CPU is `zfs-guest.md`, where both look at the same real pools."]
    return "\n".join(lines) + "\n"


def verdict(ratio: float | None, budget: float | None) -> str:
    if budget is None or ratio is None:
        return ""
    return f"≤ {budget}: {'met' if ratio <= budget else 'NOT MET'}"


if __name__ == "__main__":
    main()
