"""What the deployed server stands on, each as a part with a port and a data folder of its own."""

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.faults.part import Part

HERE = Path(__file__).parent
POSTGRESQL = ("/usr/lib/postgresql", "/usr/local", "/usr", "/opt/homebrew/opt")
BUCKET = "artifacts"


def free_ports(number: int) -> list[int]:
    """All different: each is held until the last is found."""
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports = [int(listener.getsockname()[1]) for listener in listeners]
    for listener in listeners:
        listener.close()
    return ports


def postgresql(folder: Path, port: int) -> Part:
    """A cluster of its own, as the user postgres where root would be refused."""
    initdb = _initdb()
    home = folder / "postgresql"
    home.mkdir()
    as_user: list[str] = []
    if os.geteuid() == 0:
        as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        for path in (folder, home):
            shutil.chown(path, "postgres")
    data = home / "data"
    create = [str(initdb), "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8"]
    subprocess.run([*as_user, *create], check=True, stdout=subprocess.DEVNULL, cwd="/")
    run = [str(initdb.with_name("postgres")), "-D", str(data), "-p", str(port), "-h", "127.0.0.1"]
    no_socket = ["-c", "unix_socket_directories="]
    return Part("postgresql", [*as_user, *run, *no_socket], dict(os.environ), folder, data=data)


def _initdb() -> Path:
    """Debian keeps it out of the PATH."""
    if found := shutil.which("initdb"):
        return Path(found).resolve()
    for place in POSTGRESQL:
        if there := sorted(Path(place).glob("*/bin/initdb")):
            return there[-1]
    raise SystemExit("PostgreSQL's initdb is not found: install postgresql, or add its folder to the PATH")


def redis(folder: Path, port: int, *, keeps: bool) -> Part:
    """One that keeps nothing loses all work that waits when it is killed."""
    data = folder / "redis"
    data.mkdir()
    place = ["--port", str(port), "--bind", "127.0.0.1", "--dir", str(data)]
    memory = ["--save", "", "--appendonly", "yes" if keeps else "no"]
    return Part("redis", [_program("redis-server"), *place, *memory], dict(os.environ), folder, data=data)


@dataclass(frozen=True)
class ObjectStore:
    """SeaweedFS, which keeps its files over a kill."""

    part: Part
    environment: dict[str, str]
    """What programs need to reach it."""


def object_store(folder: Path) -> ObjectStore:
    data, key, secret = folder / "objects", "topology", secrets.token_urlsafe(24)
    data.mkdir()
    identity = {"name": "server", "credentials": [{"accessKey": key, "secretKey": secret}]}
    known = folder / "objects.json"
    known.write_text(json.dumps({"identities": [{**identity, "actions": ["Admin"]}]}))
    names = ("master", "volume", "filer", "s3")
    ports = iter(free_ports(2 * len(names)))
    doors = [f"-{name}.port{kind}={next(ports)}" for name in names for kind in ("", ".grpc")]
    here = ["-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-dir={data}", "-volume.max=50"]
    alone = ["-master.electionTimeout=1s", "-master.telemetry=false", "-master.volumeSizeLimitMB=64"]
    alone += ["-s3.port.iceberg=0", "-s3.port.lance=0"]
    serve = [_program("weed"), "server", "-filer", "-s3", f"-s3.config={known}", *here, *alone, *doors]
    s3 = next(door for door in doors if door.startswith("-s3.port=")).partition("=")[2]
    environment = {
        "IBUTSU_STORAGE_URL": f"s3://{BUCKET}/topology",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{s3}",
        "AWS_ACCESS_KEY_ID": key,
        "AWS_SECRET_ACCESS_KEY": secret,
        "AWS_REGION": "us-east-1",
        "AWS_ALLOW_HTTP": "true",
    }
    return ObjectStore(Part("object store", serve, dict(os.environ), folder, data=data), environment)


@dataclass(frozen=True)
class Balancer:
    """HAProxy before the API processes, and the page on which it says how it sees them."""

    part: Part
    url: str
    view: str


def balancer(folder: Path, api_ports: list[int], *, check: str) -> Balancer:
    """`check` is the path that a server answers with 200 while it wants requests."""
    port, view_port = free_ports(2)
    environment = {
        **os.environ,
        "BALANCER_FOLDER": str(HERE),
        "BALANCER_PORT": str(port),
        "BALANCER_VIEW_PORT": str(view_port),
        "BALANCER_CHECK": check,
        **{f"API_{number}_PORT": str(port) for number, port in enumerate(api_ports, 1)},
    }
    command = [_program("haproxy"), "-db", "-f", str(HERE / "balancer.cfg")]
    view = f"http://127.0.0.1:{view_port}/;csv"
    return Balancer(Part("balancer", command, environment, folder), f"http://127.0.0.1:{port}", view)


def _program(name: str) -> str:
    """From the environment of this Python, or from the machine."""
    paths = [str(Path(sys.executable).parent), os.environ.get("PATH", ""), "/usr/sbin"]
    if found := shutil.which(name, path=os.pathsep.join(paths)):
        return found
    raise SystemExit(f"{name} is not found: .ci/services installs what hatch does not")
