#!/usr/bin/env python3
"""How long `explain` takes over a ledger of a million alerts.

    ledger.py PROGRAM [ALERTS]     default 1,000,000

Lets PROGRAM make its journal, fills the ledger as a year of alerts would, and prints one line of JSON: the median of
nine runs of each query, with the start of the process in it.
"""
import json
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

NAMES, GROUPS = 300, 2000


def fill(database: Path, alerts: int) -> None:
    rows = range(1, alerts + 1)
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.executemany(
            "INSERT INTO inbox VALUES(?,?,?,?,1,NULL)", ((n, f"d{n}", n * 1000, "am") for n in rows))
        connection.executemany(
            "INSERT INTO alert VALUES(?,0,?,?,?,?,?,?)",
            ((n, n * 1000, f"{n % 5000:016x}", f"Alert{n % NAMES}", f"{n % GROUPS:016x}", n % 2, n * 1000) for n in rows))
        connection.executemany(
            "INSERT INTO decision VALUES(?,0,?,'Fired',?,'','fires and did not before')",
            ((n, n * 1000, f"{n % GROUPS:016x}") for n in rows))
        connection.executemany(
            "INSERT INTO attempt VALUES(?,'phone',?,'edit',?,?,'delivered','',?)",
            ((n, n, n * 1000, n * 1000 + 300, str(n)) for n in rows))
        connection.executemany("INSERT INTO told VALUES(?,?)", ((f"{n % GROUPS:016x}", n) for n in rows))


def bench(program: str, alerts: int) -> dict:
    with tempfile.TemporaryDirectory() as folder:
        state, config = Path(folder) / "state", Path(folder) / "router.yaml"
        config.write_text(f'listen: ["127.0.0.1:0"]\nstate_dir: {state}\n')
        running = subprocess.Popen([program, "--config", str(config), "--log.level", "error"])
        while not (state / "journal.db").exists():
            time.sleep(0.05)
        time.sleep(1)
        running.terminate()
        running.wait(20)
        fill(state / "journal.db", alerts)
        result = {"alerts": alerts, "bytes": (state / "journal.db").stat().st_size}
        queries = {"fingerprint": [f"{4321:016x}"], "name": ["Alert77"], "delivery": [f"d{alerts // 2}"], "unknown": ["nothing"], "troubles": []}
        for name, words in queries.items():
            times = []
            for _ in range(9):
                began = time.perf_counter()
                subprocess.run([program, "explain", "--config", str(config), *words], stdout=subprocess.DEVNULL)
                times.append((time.perf_counter() - began) * 1000)
            result[f"{name}_ms"] = round(statistics.median(times), 1)
        return result


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    print(json.dumps(bench(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000)))
