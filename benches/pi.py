#!/usr/bin/env python3
"""The pi role beside Debian's node_exporter on the same machine of files, and what the sampler costs by the second.

    benches/pi.py [--exporter FILE] [--machine exporters/pi/fixtures/pi5-undervolt.tree] [--rounds 3] [--steady 240]

Both programs read one tree. A scrape is measured as in side_by_side.py; then both run for `--steady` seconds with one scrape
every 15 s, and every nanosecond of their threads and children counts. What a second of the sampler costs is counted, not
timed: system calls under strace, as the difference between a long and a short run, so that the start is left out. The
result is written to benches/results/pi.md and printed.
"""
import argparse
import datetime
import http.client
import os
import platform
import re
import subprocess
import tempfile
import time
from pathlib import Path

from lib.procs import cpu_ns, get, wait_until_ready
from lib.tree import plant
from side_by_side import free_port, measure, medians, verdict

HERE = Path(__file__).resolve().parent
TOP = HERE.parent
COLLECTORS = ["--collector.disable-defaults", "--collector.hwmon", "--collector.thermal_zone", "--collector.cpufreq",
              "--web.disable-exporter-metrics"]
ROWS = [("idle RSS", "idle_kib", "KiB", 0.25), ("idle RSS of its child", "child_kib", "KiB", None),
        ("RSS after the scrapes", "after_kib", "KiB", None), ("CPU of a scrape", "cpu_us", "µs", 0.1),
        ("whole process, by the second", "steady_us", "µs", None), ("series", "series", "", None),
        ("page", "bytes", "bytes", None)]
SHORT, LONG = 15, 75
# A core of a Raspberry Pi 4, cycles in a second, and the share that the sampler may take.
CORE, SHARE = 1_500_000_000, 0.002


def main() -> None:
    options = arguments()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "machine"
        plant(options.machine, root)
        commands = {name: command(name, options, root) for name in ("ours", "node_exporter")}
        samples: dict[str, list[dict]] = {name: [] for name in commands}
        for _ in range(options.rounds):
            for name, argv in commands.items():
                samples[name].append(measure(argv, options.scrapes))
        taken = {name: medians(rounds) for name, rounds in samples.items()}
        for name, cost in steady(commands, options.steady).items():
            taken[name]["steady_us"] = cost
        calls = by_the_second(commands["ours"])
        alarms = {name: alarm(argv) for name, argv in commands.items()}
    text = report(options, taken, calls, alarms)
    (HERE / "results" / "pi.md").write_text(text)
    print(text)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--exporter", type=Path, default=TOP / "dist/x86_64-unknown-linux-musl/gjallarhorn-exporter")
    parser.add_argument("--machine", type=Path, default=TOP / "exporters/pi/fixtures/pi5-undervolt.tree")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--scrapes", type=int, default=1000)
    parser.add_argument("--steady", type=int, default=240)
    return parser.parse_args()


def command(name: str, options: argparse.Namespace, root: Path) -> list[str]:
    if name == "ours":
        return [str(options.exporter.resolve()), "serve", "--root", str(root), "--role", "pi"]
    return [str(TOP / "tests/rig/peers/peer.sh"), "node_exporter", f"--path.procfs={root}/proc",
            f"--path.sysfs={root}/sys", *COLLECTORS]


def start(argv: list[str], port: int, state: str, tracer: list[str]) -> subprocess.Popen:
    more = ["--state-dir", state] if "serve" in argv else []
    child = subprocess.Popen([*tracer, *argv, *more, f"--web.listen-address=127.0.0.1:{port}"], stderr=subprocess.DEVNULL)
    wait_until_ready(port)
    return child


def steady(commands: dict[str, list[str]], seconds: int) -> dict[str, float]:
    """CPU microseconds of a second, background work included, at one scrape every 15 s; both run side by side."""
    with tempfile.TemporaryDirectory() as state:
        ports = {name: free_port() for name in commands}
        running = {name: start(argv, ports[name], state, []) for name, argv in commands.items()}
        try:
            time.sleep(5)
            before = {name: cpu_ns(child.pid) for name, child in running.items()}
            for _ in range(seconds // 15):
                time.sleep(15)
                for port in ports.values():
                    get(http.client.HTTPConnection("127.0.0.1", port, timeout=10))
            whole = seconds // 15 * 15
            return {name: round((cpu_ns(child.pid) - before[name]) / whole / 1000, 1) for name, child in running.items()}
        finally:
            for child in running.values():
                child.terminate()
                child.wait(timeout=20)


def by_the_second(argv: list[str]) -> dict[str, float]:
    """System calls of a second by name, the child's included: those of a long run without those of a short one."""
    short, long = traced(argv, SHORT), traced(argv, LONG)
    counts = {name: (long[name] - short.get(name, 0)) / (LONG - SHORT) for name in long}
    return {name: round(count, 1) for name, count in sorted(counts.items(), key=lambda item: -item[1]) if count >= 0.05}


def traced(argv: list[str], seconds: int) -> dict[str, int]:
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "calls"
        child = start(argv, free_port(), folder, ["strace", "-f", "-c", "-o", str(table)])
        time.sleep(seconds)
        program = int(Path(f"/proc/{child.pid}/task/{child.pid}/children").read_text().split()[0])
        os.kill(program, 15)
        child.wait(timeout=30)
        rows = re.findall(r"^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?(\w+)$", table.read_text(), re.MULTILINE)
        return {name: int(count) for count, name in rows if name != "total"}


def alarm(argv: list[str]) -> str:
    """The line that says that the supply is too weak."""
    with tempfile.TemporaryDirectory() as state:
        port = free_port()
        child = start(argv, port, state, [])
        try:
            time.sleep(2)  # the first look
            page = get(http.client.HTTPConnection("127.0.0.1", port, timeout=10)).decode()
        finally:
            child.terminate()
            child.wait(timeout=20)
        lines = [line for line in page.splitlines() if re.match(r"rpi_undervoltage_alarm|node_hwmon_in_lcrit_alarm", line)]
        return lines[0] if lines else "no line"


def report(options: argparse.Namespace, taken: dict[str, dict], calls: dict[str, float], alarms: dict[str, str]) -> str:
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=TOP, capture_output=True, text=True).stdout.strip()
    ours, peer = taken["ours"], taken["node_exporter"]
    lines = [
        "# The pi role beside node_exporter", "",
        f"{datetime.date.today()}, commit {commit}, {os.cpu_count()} × {platform.machine()}, Linux {platform.release()}. "
        f"Medians of {options.rounds} interleaved rounds of {options.scrapes} scrapes on one kept connection; the whole process "
        f"over {options.steady} s at one scrape every 15 s. Both read `{options.machine.name}`; Debian's node_exporter with "
        f"`{' '.join(COLLECTORS)}`. Ours is {options.exporter.stat().st_size:,} bytes, role `pi`, child included.", "",
        "| | ours | node_exporter | ratio | budget |", "|---|---|---|---|---|"]
    for title, key, unit, budget in ROWS:
        ratio = ours[key] / peer[key] if peer[key] else None
        lines.append(f"| {title} | {ours[key]:,} {unit} | {peer[key]:,} {unit} | "
                     f"{'–' if ratio is None else f'{ratio:.3f}'} | {verdict(ratio, budget)} |")
    lines += ["", "The whole process of ours looks once a second, scraped or not, and asks the firmware; node_exporter looks when it "
              "is asked, here every 15 s, and sees nothing in between. Scraped every second it would look as often, at "
              f"{peer['cpu_us']:g} µs of a second, of which ours is {ours['steady_us'] / peer['cpu_us']:.2f}. That is the price of "
              "an alarm that is not lost: this role alone has no budget beside node_exporter, the sampler has its own below, and "
              "the whole program with its three roles is held to a quarter of node_exporter's in [together.md](together.md).", "",
              "## A supply that is too weak", "", "    " + alarms["ours"], "    " + alarms["node_exporter"], "",
              "## What a second costs", "", sampler(ours, calls)]
    return "\n".join(lines) + "\n"


def sampler(ours: dict, calls: dict[str, float]) -> str:
    total = sum(calls.values())
    allowed = CORE * SHARE
    named = ", ".join(f"{name} {count:g}" for name, count in calls.items())
    return (f"Sampler, slow readings and child together: {total:.0f} system calls in a second ({named}). "
            f"The budget is {SHARE:.1%} of a core of a Raspberry Pi 4, {allowed / 1e6:g} million cycles in a second: "
            f"{allowed / total:,.0f} cycles for each of these calls and all that is done between them. "
            f"On this machine the whole process took {ours['steady_us']:g} µs of a second, {ours['steady_us'] / 1e4:.3f} % of a core.")


if __name__ == "__main__":
    main()
