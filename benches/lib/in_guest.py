#!/usr/bin/env python3
"""The part of benches/zfs_guest.py that runs in the virtual machine: `in_guest.py PLAN`, where PLAN is JSON.

It starts both programs beside each other on the same pools, and prints one JSON object of everything it took.
"""
import http.client
import json
import re
import statistics
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

from procs import cpu_ns, family, get, memory, own_ns, series, status, wait_until_ready


def main() -> None:
    plan = json.loads(sys.argv[1])
    taken = {}
    with running(plan["programs"]) as pids:
        for name, pid in pids.items():
            port = plan["programs"][name]["port"]
            page = get(connection(port))
            taken[name] = {**memory(pid), "series": series(page), "bytes": len(page)}
        for coding in ("identity", "gzip"):
            for name, costs in rounds(plan, pids, coding).items():
                taken[name] |= costs
        for name, costs in steady(plan, pids).items():
            taken[name] |= costs
        for name, pid in pids.items():
            taken[name]["after_kib"] = status(pid, "VmRSS")
            taken[name]["calls"] = system_calls(plan["programs"][name]["port"], pid, plan["traced"])
    print(json.dumps(taken))


@contextmanager
def running(programs: dict[str, dict]):
    started = {name: subprocess.Popen(program["argv"], stderr=subprocess.DEVNULL) for name, program in programs.items()}
    try:
        for program in programs.values():
            wait_until_ready(program["port"])
        time.sleep(10)  # first polls and the runtimes' own start are over
        yield {name: child.pid for name, child in started.items()}
    finally:
        for child in started.values():
            child.terminate()
            child.wait(timeout=20)


def connection(port: int) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", port, timeout=60)


def rounds(plan: dict, pids: dict[str, int], coding: str) -> dict[str, dict]:
    """CPU microseconds of a scrape: the median of interleaved rounds on one kept connection each."""
    open_ = {name: connection(plan["programs"][name]["port"]) for name in pids}
    costs = {name: [] for name in pids}
    for _ in range(plan["rounds"]):
        for name, pid in pids.items():
            costs[name].append(scrapes(open_[name], pid, coding, plan["scrapes"]))
    return {name: {f"{key}_{coding}_us": statistics.median(cost[key] for cost in taken) for key in ("all", "child")}
            | {f"rounds_{coding}_us": [cost["all"] for cost in taken]} for name, taken in costs.items()}


def scrapes(kept: http.client.HTTPConnection, pid: int, coding: str, count: int) -> dict:
    for _ in range(20):
        get(kept, coding)
    own, whole = own_ns(pid), cpu_ns(pid)
    for _ in range(count):
        get(kept, coding)
    own, whole = own_ns(pid) - own, cpu_ns(pid) - whole
    return {"all": round(whole / count / 1000, 1), "child": round((whole - own) / count / 1000, 1)}


def steady(plan: dict, pids: dict[str, int]) -> dict[str, dict]:
    """CPU milliseconds of the whole process, background included, over minutes of a scrape every 15 s, each on one connection
    that stays open, as Prometheus keeps it."""
    open_ = {name: connection(plan["programs"][name]["port"]) for name in pids}
    for kept in open_.values():
        get(kept, "gzip")
    before = {name: (own_ns(pid), cpu_ns(pid)) for name, pid in pids.items()}
    for _ in range(plan["steady_seconds"] // 15):
        for name in pids:
            get(open_[name], "gzip")
        time.sleep(15)
    taken = {}
    for name, pid in pids.items():
        own, whole = own_ns(pid) - before[name][0], cpu_ns(pid) - before[name][1]
        taken[name] = {"steady_ms": round(whole / 1e6, 2), "steady_child_ms": round((whole - own) / 1e6, 2)}
    return taken


def system_calls(port: int, pid: int, count: int) -> dict:
    """System calls of `count` scrapes by name, threads and children included; a poll may fall among them."""
    log = Path(f"/tmp/calls.{pid}")
    attach = [word for member in family(pid) for word in ("-p", str(member))]
    tracer = subprocess.Popen(["strace", "-qq", "-f", "-o", str(log), *attach])
    kept = connection(port)
    time.sleep(3)
    get(kept)
    written = log.stat().st_size
    for _ in range(count):
        get(kept)
    tracer.terminate()
    tracer.wait(timeout=20)
    lines = log.read_bytes()[written:].decode(errors="replace").splitlines()
    names = (re.match(r"\d+\s+(\w+)\(", line) for line in lines)
    calls = Counter(name.group(1) for name in names if name)
    forks = sum(calls[name] for name in ("fork", "vfork", "clone", "clone3", "execve"))
    return {"per_scrape": round(sum(calls.values()) / count, 1), "forks": forks, "names": dict(calls.most_common(20))}


if __name__ == "__main__":
    main()
