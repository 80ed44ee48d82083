"""Just enough of the two servers' protocols to ask whether they answer and to make a database."""

import socket
import struct
from pathlib import Path

PROTOCOL = 196608
Row = list[str | None]


class ServerSaidNo(Exception):
    """The server answered with an error."""


def ask_postgres(path: Path, sql: str, *, user: str, database: str, timeout: float = 5) -> list[Row]:
    """Run one statement over the Unix socket and return its rows as text.

    Raises OSError when nothing listens, ServerSaidNo when the server refuses (also while it starts up).
    """
    with connect(path, timeout) as connection:
        options = f"user\0{user}\0database\0{database}\0\0".encode()
        connection.sendall(struct.pack("!ii", len(options) + 8, PROTOCOL) + options)
        read_until_ready(connection)
        query = sql.encode() + b"\0"
        connection.sendall(b"Q" + struct.pack("!i", len(query) + 4) + query)
        rows = read_until_ready(connection)
        connection.sendall(b"X" + struct.pack("!i", 4))
    return rows


def read_until_ready(connection: socket.socket) -> list[Row]:
    """Read the server's messages until it is ready for the next statement."""
    rows: list[Row] = []
    refused = ""
    while True:
        kind, body = read_message(connection)
        if kind == b"E":
            refused = error_text(body)
            if not rows and b"SFATAL\0" in body:
                raise ServerSaidNo(refused)
        elif kind == b"R" and struct.unpack("!i", body[:4])[0] != 0:
            raise ServerSaidNo("The server asks for a password.")
        elif kind == b"D":
            rows.append(row_of(body))
        elif kind == b"Z":
            if refused:
                raise ServerSaidNo(refused)
            return rows


def read_message(connection: socket.socket) -> tuple[bytes, bytes]:
    head = read_exactly(connection, 5)
    return head[:1], read_exactly(connection, struct.unpack("!i", head[1:])[0] - 4)


def read_exactly(connection: socket.socket, count: int) -> bytes:
    parts = b""
    while len(parts) < count:
        part = connection.recv(count - len(parts))
        if not part:
            raise ConnectionResetError("The server closed the connection.")
        parts += part
    return parts


def error_text(body: bytes) -> str:
    """The message of an error: fields are a letter and a text each."""
    fields = {part[:1]: part[1:] for part in body.split(b"\0") if part}
    return fields.get(b"M", b"unknown error").decode(errors="replace")


def row_of(body: bytes) -> Row:
    row: Row = []
    place = 2
    for _ in range(struct.unpack("!h", body[:2])[0]):
        length = struct.unpack("!i", body[place : place + 4])[0]
        place += 4
        row.append(None if length < 0 else body[place : place + length].decode())
        place += max(length, 0)
    return row


def ask_redis(path: Path, command: str, *, timeout: float = 5) -> str:
    """Send one command over the Unix socket and return the first line of the answer ("+PONG")."""
    with connect(path, timeout) as connection:
        connection.sendall(command.encode() + b"\r\n")
        answer = b""
        while not answer.endswith(b"\n"):
            part = connection.recv(4096)
            if not part:
                break
            answer += part
    return answer.decode(errors="replace").partition("\r\n")[0]


def connect(path: Path, timeout: float) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(timeout)
    try:
        connection.connect(str(path))
    except BaseException:
        connection.close()
        raise
    return connection
