"""Malformed inputs for a server, each made from a seed and an index, so that it can be repeated."""

import random
import re
from dataclasses import dataclass

from tests.security import frame_attacks, http_attacks

SHOWN_BYTES = 300


@dataclass(frozen=True)
class Attack:
    """Bytes to be sent to a server; `in_socket`: after a correct websocket handshake."""

    seed: int
    index: int
    kind: str
    sent: bytes
    in_socket: bool

    def __str__(self) -> str:
        more = f" … ({len(self.sent)} bytes)" if len(self.sent) > SHOWN_BYTES else ""
        return (
            f"WORKBOOK_SEED={self.seed} WORKBOOK_ATTACK={self.index} ({self.kind}): "
            f"{self.sent[:SHOWN_BYTES]!r}{more}"
        )


def attack(seed: int, index: int, with_sockets: bool) -> Attack:
    """Make the attack number `index` of a seed; `with_sockets`: the server has websockets."""
    makers = [(make, False) for make in http_attacks.MAKERS]
    if with_sockets:
        makers += [(make, False) for make in http_attacks.HANDSHAKES]
        makers += [(make, True) for make in frame_attacks.MAKERS]
    make, in_socket = makers[index % len(makers)]
    rng = random.Random(f"{seed} {index}")
    kind = re.sub(r"_", " ", make.__name__)
    return Attack(seed, index, kind, make(rng), in_socket)
