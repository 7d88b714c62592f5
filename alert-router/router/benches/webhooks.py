#!/usr/bin/env python3
"""Webhooks per second, answer times and memory of a running program, and of the journal's group commit.

    webhooks.py PROGRAM [WEBHOOKS] [CONNECTIONS] [ALERTS]     default 5000 64 1

Starts PROGRAM on loopback with a journal in a temporary folder (TMPDIR decides the disk) and the preview as its only
target, hands in webhooks of ALERTS alerts each, and prints one line of JSON. Every answer comes after an fsync.
"""
import asyncio
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

GROUPS = 500


def body(number: int, alerts: int) -> bytes:
    group, state = number % GROUPS, "firing" if (number // GROUPS) % 2 == 0 else "resolved"
    content = {"version": "4", "groupKey": f"{{}}:{group}", "status": state}
    return json.dumps(content | {"alerts": [alert(group, state, each) for each in range(alerts)]}).encode()


def alert(group: int, state: str, number: int) -> dict:
    severity = "critical" if group % 2 else "warning"
    labels = {"alertname": f"Bench{group}", "instance": f"host-{group}", "severity": severity, "disk": f"d{number}"}
    alert = {
        "status": state, "labels": labels, "startsAt": "2026-01-01T00:00:00Z", "fingerprint": f"{group * 1000 + number:016x}",
        "annotations": {"summary": f"host-{group}: pool tank lost a disk, can lose 1 more. Replace it"},
    }
    if state == "resolved":
        alert["endsAt"] = "2026-01-01T01:00:00Z"
    return alert


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def resident_kib(pid: int, field: str) -> int:
    return int(re.search(rf"{field}:\s+(\d+)", Path(f"/proc/{pid}/status").read_text()).group(1))


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def connected(port: int):
    for _ in range(200):
        try:
            return await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
    raise SystemExit("the program does not listen")


async def sender(port: int, numbers, alerts: int, times: list, statuses: dict):
    reader, writer = await connected(port)
    for number in numbers:
        content = body(number, alerts)
        began = time.perf_counter()
        head = b"POST /v1/alertmanager/bench HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(content)
        writer.write(head + content)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(re.search(rb"content-length: (\d+)", head.lower()).group(1))
        await reader.readexactly(length)
        times.append(time.perf_counter() - began)
        status = head.split(b" ", 2)[1].decode()
        statuses[status] = statuses.get(status, 0) + 1
        if b"connection: close" in head.lower():
            writer.close()
            reader, writer = await connected(port)
    writer.close()


async def bench(program: str, webhooks: int, connections: int, alerts: int) -> dict:
    with tempfile.TemporaryDirectory() as folder:
        port, config = free_port(), Path(folder) / "router.yaml"
        config.write_text(f'listen: ["127.0.0.1:{port}"]\nstate_dir: {folder}/state\n')
        running = subprocess.Popen([program, "--config", str(config), "--log.level", "warn"])
        try:
            _, writer = await connected(port)
            writer.close()
            await asyncio.sleep(1)
            idle = resident_kib(running.pid, "VmRSS")
            times, statuses, cpu = [], {}, cpu_seconds(running.pid)
            began = time.perf_counter()
            shares = (range(start, webhooks, connections) for start in range(connections))
            await asyncio.gather(*(sender(port, share, alerts, times, statuses) for share in shares))
            took, cpu = time.perf_counter() - began, cpu_seconds(running.pid) - cpu
            times.sort()
            return {
                "webhooks": webhooks, "connections": connections, "alerts": alerts, "per_second": round(webhooks / took),
                "p50_ms": round(statistics.median(times) * 1000, 1), "p99_ms": round(times[int(len(times) * 0.99)] * 1000, 1),
                "cpu_ms_each": round(cpu * 1000 / webhooks, 3), "idle_rss_kib": idle,
                "peak_rss_kib": resident_kib(running.pid, "VmHWM"), "answers": statuses,
                "file_bytes": Path(program).stat().st_size, "load": os.getloadavg()[0],
            }
        finally:
            running.terminate()
            running.wait(20)


if __name__ == "__main__":
    arguments = sys.argv[1:]
    if not arguments:
        sys.exit(__doc__)
    counts = [int(text) for text in arguments[1:]] + [5000, 64, 1][len(arguments) - 1:]
    print(json.dumps(asyncio.run(bench(arguments[0], *counts))))
