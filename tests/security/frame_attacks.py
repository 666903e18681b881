"""What a hostile visitor may send through an open websocket (RFC 6455, section 5)."""

import json
import random
import struct

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
MIB = 1 << 20
MARKUP = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&"


def frame(
    rng: random.Random,
    opcode: int,
    payload: bytes,
    *,
    final: bool = True,
    masked: bool = True,
    reserved: int = 0,
    length: int | None = None,
) -> bytes:
    """Return one frame; `length` is what its header claims, the payload's own unless given."""
    first = (0x80 if final else 0) | reserved << 4 | opcode
    claimed = len(payload) if length is None else length
    bit = 0x80 if masked else 0
    if claimed < 126:
        head = struct.pack("!BB", first, bit | claimed)
    elif claimed < 1 << 16:
        head = struct.pack("!BBH", first, bit | 126, claimed)
    else:
        head = struct.pack("!BBQ", first, bit | 127, claimed)
    if not masked:
        return head + payload
    key = rng.randbytes(4)
    pad = (key * (len(payload) // 4 + 1))[: len(payload)]
    mixed = int.from_bytes(payload, "big") ^ int.from_bytes(pad, "big")
    return head + key + mixed.to_bytes(len(payload), "big")


def markup(rng: random.Random) -> bytes:
    return frame(rng, TEXT, (MARKUP * rng.randint(1, 50)).encode())


def binary(rng: random.Random) -> bytes:
    return frame(rng, BINARY, rng.randbytes(rng.randint(0, 5000)))


def text_that_is_no_utf8(rng: random.Random) -> bytes:
    bad = rng.choice([b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82"])
    return frame(rng, TEXT, b"x" * rng.randint(0, 200) + bad)


def a_mebibyte_and_more(rng: random.Random) -> bytes:
    return frame(rng, rng.choice([TEXT, BINARY]), b"a" * (MIB + rng.randint(0, MIB)))


def deep_json(rng: random.Random) -> bytes:
    return frame(rng, TEXT, rng.choice([b"[", b'{"a":']) * rng.randint(1000, 100_000))


def handlers_name(rng: random.Random) -> bytes:
    """A message that would call the consumer's own handlers if it were taken for an event."""
    kind = rng.choice(["send_status", "websocket.disconnect", "status.message", "__init__"])
    return frame(rng, TEXT, json.dumps({"type": kind, "status": MARKUP, "html": MARKUP}).encode())


def control_frame(rng: random.Random) -> bytes:
    opcode = rng.choice([CLOSE, PING, PONG])
    size = rng.choice([0, 1, 125, 126, 70_000])
    return frame(rng, opcode, rng.randbytes(size), final=rng.random() < 0.7)


def close_with_an_odd_code(rng: random.Random) -> bytes:
    code = rng.choice([0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 65535, 1000])
    return frame(rng, CLOSE, struct.pack("!H", code) + rng.choice([b"", b"bye", b"\xff\xfe"]))


def unknown_opcode(rng: random.Random) -> bytes:
    return frame(rng, rng.choice([3, 4, 5, 6, 7, 11, 12, 13, 14, 15]), rng.randbytes(20))


def frame_without_a_mask(rng: random.Random) -> bytes:
    return frame(rng, rng.choice([TEXT, BINARY, PING]), b"plain", masked=False)


def reserved_bits(rng: random.Random) -> bytes:
    return frame(rng, TEXT, rng.randbytes(30), reserved=rng.randint(1, 7))


def truncated_frame(rng: random.Random) -> bytes:
    whole = frame(rng, rng.choice([TEXT, BINARY, PING]), rng.randbytes(rng.randint(1, 120)))
    return whole[: rng.randint(1, len(whole) - 1)]


def length_that_lies(rng: random.Random) -> bytes:
    claimed = rng.choice([1000, 1 << 31, (1 << 63) - 1, 1 << 63, (1 << 64) - 1])
    return frame(rng, rng.choice([TEXT, BINARY]), b"few", length=claimed)


def fragments_in_disorder(rng: random.Random) -> bytes:
    pieces = [
        frame(rng, opcode, b"x" * rng.randint(0, 20), final=rng.random() < 0.5)
        for opcode in rng.choices([0, TEXT, BINARY, PING], k=rng.randint(2, 8))
    ]
    return b"".join(pieces)


def flood_of_small_frames(rng: random.Random) -> bytes:
    return b"".join(frame(rng, TEXT, b"x") for _ in range(rng.randint(100, 400)))


def noise(rng: random.Random) -> bytes:
    return rng.randbytes(rng.randint(1, 3000))


MAKERS = (
    *(markup, binary, text_that_is_no_utf8, a_mebibyte_and_more, deep_json, handlers_name),
    *(control_frame, close_with_an_odd_code, unknown_opcode, frame_without_a_mask),
    *(reserved_bits, truncated_frame, length_that_lies, fragments_in_disorder),
    *(flood_of_small_frames, noise),
)
