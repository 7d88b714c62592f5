#!/usr/bin/env python3
"""The roles zfs, pi and node in one process beside Debian's node_exporter with the collectors that see the same.

    benches/together.py [--exporter FILE] [--machine exporters/pi/fixtures/pi5-undervolt.tree] [--rounds 3] [--steady 600]

Both run in the virtual machine of benches/zfs_guest.py, on its real pools, and both read one tree: the files of a Raspberry
Pi, with the running kernel's own OpenZFS bound into it. Clock, rounds and steady time are those of benches/zfs_guest.py. At the
end the pool is given many datasets and snapshots, both are started anew, and the memory of both is taken again, ours with the
role quorum too. The result is written to benches/results/together.md and printed.
"""
import argparse
import datetime
import json
import os
import platform
import tarfile
import tempfile
from pathlib import Path

from lib.tree import plant
from zfs_guest import BY_HAND, CLOCKS, HERE, TOP, TRACED, arguments, commit, guest, inside, peer, put_programs, rig, table

RESULT = HERE / "results" / "together.md"
ROOT = "/bench"
COLLECTORS = ["zfs", "hwmon", "thermal_zone", "cpufreq"]
DATASETS, SNAPSHOTS = 500, 5000
# What of the running system shows through the tree: OpenZFS, its device, and the clock it is compared with.
BOUND = ["proc/spl", "proc/swaps", "proc/uptime", "proc/stat", "sys/module/zfs", "sys/module/spl", "dev/zfs"]
# Title, key, unit, and the budget as a ratio where there is one.
ROWS = [("CPU of a scrape, as Prometheus asks (gzip)", "all_gzip_us", "µs", 0.1),
        ("CPU of a scrape, bare text", "all_identity_us", "µs", 0.1),
        ("CPU of the whole process at a scrape every 15 s", "steady_ms", "ms", 0.25),
        ("– of it our children", "steady_child_ms", "ms", None),
        ("system calls of a scrape", "per_scrape", "", None),
        ("forks", "forks", "", None),
        ("idle RSS", "idle_kib", "KiB", 0.25),
        ("– with many datasets", "many_kib", "KiB", 0.25),
        ("– and with the role quorum", "quorum_kib", "KiB", None),
        ("RSS of its children", "child_kib", "KiB", None),
        ("idle PSS, children included", "idle_pss_kib", "KiB", None),
        ("RSS at the end", "after_kib", "KiB", None),
        ("series", "series", "", None), ("page", "bytes", "bytes", None)]


def main() -> None:
    options = arguments(__doc__, more)
    with guest(options) as machine:
        for pool in ("tank", "usb"):
            inside(machine, "/rig/scenario", pool)
        put_programs(machine, options.exporter)
        put_tree(machine, options.machine)
        taken = ask(machine, plan(options, ["zfs", "pi", "node"]))
        fill(machine)
        many = ask(machine, memory_plan(options, ["zfs", "pi", "node"]))
        quorum = ask(machine, memory_plan(options, ["zfs", "pi", "node", "quorum"]))
        version = inside(machine, "sh", "-c", "cat /sys/module/zfs/version; uname -r").split()
    for name in taken:
        taken[name] |= {"many_kib": many[name]["idle_kib"], "quorum_kib": quorum[name]["idle_kib"]}
    text = report(options, version, taken)
    notes = RESULT.read_text().partition(BY_HAND)[2]
    RESULT.write_text(f"{text}\n{BY_HAND}{notes}")
    print(text)


def more(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--machine", type=Path, default=TOP / "exporters/pi/fixtures/pi5-undervolt.tree")
    parser.set_defaults(steady=600)


def put_tree(machine: str, manifest: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        plant(manifest, Path(folder) / "tree")
        packed = Path(folder) / "tree.tar"
        with tarfile.open(packed, "w") as tar:
            tar.add(Path(folder) / "tree", ROOT)
        rig("put", machine, packed, "/tmp/tree.tar")
    bound = "; ".join(
        f'if [ -d /{path} ]; then mkdir -p {ROOT}/{path}; else mkdir -p "$(dirname {ROOT}/{path})"; rm -f {ROOT}/{path}; '
        f": > {ROOT}/{path}; fi; mount --bind /{path} {ROOT}/{path}" for path in BOUND)
    inside(machine, "sh", "-ec", f"tar -xmf /tmp/tree.tar -C /; {bound}")


def fill(machine: str) -> None:
    each = SNAPSHOTS // DATASETS
    inside(machine, "sh", "-ec", f"for n in $(seq {DATASETS}); do zfs create -o mountpoint=none tank/d$n; done; "
                                 f"for n in $(seq {each}); do zfs snapshot -r tank@s$n; done")


def ask(machine: str, plan: dict) -> dict:
    return json.loads(inside(machine, "python3", "/usr/local/lib/bench/in_guest.py", json.dumps(plan)))


def plan(options: argparse.Namespace, roles: list[str]) -> dict:
    ours = ["gjallarhorn-exporter", "serve", "--root", ROOT, "--state-dir", "/run/gjallarhorn"]
    ours += [word for role in roles for word in ("--role", role)]
    theirs = ["node_exporter", "--collector.disable-defaults", *(f"--collector.{name}" for name in COLLECTORS),
              "--web.disable-exporter-metrics", f"--path.procfs={ROOT}/proc", f"--path.sysfs={ROOT}/sys"]
    programs = {"ours": (9134, ours), "node_exporter": (9100, theirs)}
    return {"rounds": options.rounds, "scrapes": options.scrapes, "steady_seconds": options.steady, "traced": TRACED,
            "programs": {name: {"port": port, "argv": [*argv, f"--web.listen-address=127.0.0.1:{port}"]}
                         for name, (port, argv) in programs.items()}}


def memory_plan(options: argparse.Namespace, roles: list[str]) -> dict:
    return plan(options, roles) | {"rounds": 1, "scrapes": 1, "steady_seconds": 0}


def report(options: argparse.Namespace, version: list[str], taken: dict[str, dict]) -> str:
    ours, theirs = taken["ours"], taken["node_exporter"]
    for side in (ours, theirs):
        side |= {key: side["calls"][key] for key in ("per_scrape", "forks")}
    lines = [
        "# Three roles in one process beside node_exporter, on real pools and one tree", "",
        f"{datetime.date.today()}, commit {commit()}, {os.cpu_count()} × {platform.machine()}, in a guest with OpenZFS "
        f"{version[0]} and Linux {version[1]}: a raidz2 of six disks with log, cache and spare, and a mirror of two; beside it "
        f"the files of `{options.machine.name}`.",
        CLOCKS.get(options.accel, "Times are those of a guest: only the ratios are the result."),
        f"Medians of {options.rounds} interleaved rounds of {options.scrapes} scrapes on one kept connection; the whole "
        f"process over {options.steady} s, children included. Debian's node_exporter with the collectors "
        f"{', '.join(COLLECTORS)}; ours is {options.exporter.stat().st_size:,} bytes, roles zfs, pi and node, and its firmware a "
        f"recording. Many datasets are {DATASETS}, with {SNAPSHOTS:,} snapshots.", "",
        *table(ROWS, ours, theirs)]
    lines += ["", f"Rounds, µs of a scrape (gzip): ours {ours['rounds_gzip_us']}, node_exporter {theirs['rounds_gzip_us']}.",
              "", "node_exporter looks at the Pi when it is scraped, every 15 s; ours once a second, and that is in its whole "
              "process, as are a full report on every pool every two minutes and what seldom changes every 15 s."]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
