"""What a running program costs: CPU and memory of a process and its children, read from /proc.

Used here and, copied there, in the virtual machine. Standard library only.
"""
import http.client
import re
import time
from pathlib import Path


def wait_until_ready(port: int) -> bytes:
    end = time.monotonic() + 60
    while True:
        try:
            return get(http.client.HTTPConnection("127.0.0.1", port, timeout=10))
        except ConnectionRefusedError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


def get(connection: http.client.HTTPConnection, coding: str = "identity") -> bytes:
    connection.request("GET", "/metrics", headers={"Accept-Encoding": coding})
    answer = connection.getresponse()
    body = answer.read()
    assert answer.status == 200, answer.status
    return body


def series(page: bytes) -> int:
    return sum(1 for line in page.splitlines() if line and not line.startswith(b"#"))


def family(pid: int) -> list[int]:
    """The process, its children and theirs."""
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [pid, *(member for child in text.split() for member in family(int(child)))]


def own_ns(pid: int) -> int:
    """CPU time of all threads of one process, in nanoseconds."""
    return sum(int((task / "schedstat").read_text().split()[0]) for task in Path(f"/proc/{pid}/task").iterdir())


def cpu_ns(pid: int) -> int:
    """The same of a process and its children."""
    return sum(own_ns(member) for member in family(pid))


def memory(pid: int) -> dict:
    children = family(pid)[1:]
    pss = sum(field(Path(f"/proc/{member}/smaps_rollup").read_text(), "Pss") for member in family(pid))
    return {"idle_kib": status(pid, "VmRSS"), "child_kib": sum(status(child, "VmRSS") for child in children),
            "idle_pss_kib": pss}


def status(pid: int, key: str) -> int:
    return field(Path(f"/proc/{pid}/status").read_text(), key)


def field(text: str, key: str) -> int:
    return int(re.search(rf"^{key}:\s+(\d+)", text, re.MULTILINE).group(1))
