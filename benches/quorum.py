#!/usr/bin/env python3
"""What it costs to ask a real dqlite cluster how it is: our role on kept connections beside a Go client that is started for
each question, the way `microk8s status` asks.

    benches/quorum.py [--exporter FILE] [--seconds 120]

A cluster of three in network namespaces (tests/rig/dqlite), no writes. A voter that does not lead is polled by both, one after the
other, and its CPU time is taken from /proc/PID/task/*/schedstat; what it takes by itself (heartbeats) is measured before and
taken off. The leader, which by itself takes more and unevenly, is polled by ours in turn with being left alone. The result is written between two marks into benches/results/quorum.md and printed.
"""
import argparse
import datetime
import json
import os
import platform
import resource
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from lib.procs import cpu_ns, family, field, own_ns, status

HERE = Path(__file__).resolve().parent
TOP = HERE.parent
RESULTS = HERE / "results" / "quorum.md"
BEGIN, END = "<!-- costs -->", "<!-- /costs -->"
RSS_BUDGET_KIB, POLL_BUDGET_MS = 8 * 1024, 0.5
ROUNDS = 3


def main() -> None:
    options = arguments()
    rig = subprocess.run(["cargo", "build", "--quiet", "--locked", "-p", "gjallarhorn-rig", "--bin", "dqlite-cluster",
                          "--message-format", "json"], cwd=TOP, check=True, capture_output=True, text=True).stdout
    program = next(one["executable"] for one in map(json.loads, rig.splitlines()) if one.get("executable"))
    cluster = subprocess.Popen([program, "3"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        told = json.loads(cluster.stdout.readline())
        cluster.stdin.write("rest\n")
        cluster.stdin.flush()
        cluster.stdout.readline()
        result = measure(told, options)
    finally:
        cluster.stdin.close()
        cluster.wait(timeout=60)
    write(report(options, result))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--exporter", type=Path, default=TOP / "dist/x86_64-unknown-linux-musl/gjallarhorn-exporter")
    parser.add_argument("--seconds", type=int, default=120)
    return parser.parse_args()


def measure(told: dict, options: argparse.Namespace) -> dict:
    # Not the first, which leads: adjusting roles it shakes hands every few seconds.
    polled, asker = told["hosts"][2], told["hosts"][1]
    time.sleep(15)  # roles are settled and files rewritten
    idle = left_alone(polled["node"], options.seconds)
    ours = exporter(polled["node"], asker, options)
    go = client(polled["node"], told, options.seconds)
    for one in (ours, go):
        one["node_ms"] = round((one["node_ns"] - idle * one["span"]) / one["polls"] / 1e6, 3)
    return {"idle_ms": round(idle / 1e6, 2), "ours": ours, "go": go, "leader": leader(told, options)}


def leader(told: dict, options: argparse.Namespace) -> dict:
    """What a poll takes of the leader: the median of differences between a time with polls and the times around it without."""
    node, asker = told["hosts"][0]["node"], told["hosts"][1]
    alone, polled = [left_alone(node, options.seconds)], []
    for _ in range(ROUNDS):
        polled.append(exporter(node, asker, options))
        alone.append(left_alone(node, options.seconds))
    costs = [(one["node_ns"] / one["span"] - (before + after) / 2) * one["span"] / one["polls"] / 1e6
             for one, before, after in zip(polled, alone, alone[1:])]
    return {"costs_ms": [round(cost, 3) for cost in costs], "idle_ms": round(statistics.median(alone) / 1e6, 2)}


def left_alone(node: int, seconds: int) -> float:
    """CPU nanoseconds of a second."""
    before = own_ns(node)
    time.sleep(seconds)
    return (own_ns(node) - before) / seconds


def inside(host: dict) -> list[str]:
    return ["nsenter", "--target", str(host["namespaces"]), "--net", "--mount", "--"]


def exporter(node: int, host: dict, options: argparse.Namespace) -> dict:
    """The role with its defaults but one: it asks each second."""
    with tempfile.TemporaryDirectory() as state:
        config = Path(state) / "exporter.yml"
        config.write_text("quorum:\n  interval: 1s\n")
        child = subprocess.Popen([*inside(host), str(options.exporter), "serve", "--role", "quorum", "--root", host["root"],
                                  "--config", str(config), "--state-dir", state, "--web.listen-address=127.0.0.1:19137"],
                                 stderr=subprocess.DEVNULL)
        try:
            time.sleep(15)
            own, node_before, started = cpu_ns(child.pid), own_ns(node), time.monotonic()
            time.sleep(options.seconds)
            span = time.monotonic() - started
            return {"polls": round(span), "span": span, "node_ns": own_ns(node) - node_before,
                    "own_ms": round((cpu_ns(child.pid) - own) / span / 1e6, 3),
                    "rss_kib": sum(status(pid, "VmRSS") for pid in family(child.pid))}
        finally:
            child.terminate()
            child.wait(timeout=20)


def client(node: int, told: dict, seconds: int) -> dict:
    """Every node is asked by a client that is started for it, each second."""
    question = [*inside({"namespaces": told["hub"]}), *told["question"]]
    before, started, polls = own_ns(node), time.monotonic(), 0
    own = resource.getrusage(resource.RUSAGE_CHILDREN)
    while polls < seconds:
        subprocess.run(question, check=True, stdout=subprocess.DEVNULL)
        polls += 1
        time.sleep(max(0.0, started + polls - time.monotonic()))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - own.ru_utime - own.ru_stime
    return {"polls": polls, "span": time.monotonic() - started, "node_ns": own_ns(node) - before,
            "own_ms": round(used * 1000 / polls, 3), "rss_kib": max(peak(question) for _ in range(10))}


def peak(question: list[str]) -> int:
    """The most memory one client had, read while it lives: the kernel's own record begins with the one who started it."""
    most = 0
    with subprocess.Popen(question, stdout=subprocess.DEVNULL) as child:
        while child.poll() is None:
            text = Path(f"/proc/{child.pid}/status").read_text()
            if text.startswith("Name:\tdqnode\n") and "VmHWM" in text:
                most = max(most, field(text, "VmHWM"))
    return most


def report(options: argparse.Namespace, result: dict) -> str:
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=TOP, capture_output=True, text=True).stdout.strip()
    ours, go = result["ours"], result["go"]
    rows = [("CPU of the polled node for one poll", "node_ms", "ms", POLL_BUDGET_MS),
            ("CPU of who asks, all nodes of three, for one poll", "own_ms", "ms", None),
            ("memory of who asks (idle RSS, or peak)", "rss_kib", "KiB", RSS_BUDGET_KIB)]
    lines = [f"{datetime.date.today()}, commit {commit}, {os.cpu_count()} × {platform.machine()}, Linux {platform.release()}. "
             f"A poll asks LEADER, CLUSTER and DESCRIBE (Go: LEADER and CLUSTER) of each of three nodes once a second for "
             f"{options.seconds} s. By itself the polled node, a voter that does not lead, takes {result['idle_ms']} ms/s.", "",
             "| | ours, kept connections | a Go client started for each question | ratio | budget |", "|---|---|---|---|---|"]
    for title, key, unit, budget in rows:
        word = "" if budget is None else f"≤ {budget:,} {unit}: {'met' if ours[key] <= budget else 'NOT MET'}"
        lines.append(f"| {title} | {ours[key]:,} {unit} | {go[key]:,} {unit} | {ours[key] / go[key]:.3f} | {word} |")
    costs = result["leader"]["costs_ms"]
    verdict = "none is" if max(costs) <= POLL_BUDGET_MS else "NOT MET: one is"
    lines += ["", f"The leader takes {result['leader']['idle_ms']} ms/s by itself, and that unevenly. Polled in turn with being left "
                  f"alone, a poll made a difference of {', '.join(map(str, costs))} ms: {verdict} above {POLL_BUDGET_MS} ms, and below "
                  f"nothing is what it did otherwise."]
    return "\n".join(lines) + "\n"


def write(text: str) -> None:
    """Puts the table between its marks; the rest of the file is the scenes'."""
    old = RESULTS.read_text() if RESULTS.exists() else f"# Quorum\n\n{BEGIN}\n{END}\n"
    head, _, rest = old.partition(BEGIN)
    tail = rest.partition(END)[2]
    RESULTS.write_text(f"{head}{BEGIN}\n{text}{END}{tail}")
    print(text)


if __name__ == "__main__":
    main()
