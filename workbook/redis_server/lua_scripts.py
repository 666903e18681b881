"""The Lua scripts that redis-py and kombu bring, in Python, for the embedded Redis.

fakeredis runs Lua only with a compiled extension. Without kombu's a Celery worker does not start;
those of redis-py are its locks. They are known by the SHA-1 of their text, so that a new version of
one is never taken for the old one: a test tells which installed script is unknown here.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from hashlib import sha1
from typing import Any

from fakeredis import _msgs as msgs
from fakeredis._command_args_parsing import Int
from fakeredis._commands import command
from fakeredis._helpers import SimpleError
from fakeredis._socket._base import BaseFakeSocket

UNKNOWN = (
    "ERR the workbook's embedded Redis runs no Lua but the scripts that redis-py and kombu bring; "
    "install redis-server or valkey-server for others"
)


class KnownScripts(BaseFakeSocket):
    """The commands around scripts, to be mixed into a fakeredis socket."""

    @command(name="EVALSHA", fixed=(bytes, Int), repeat=(bytes,), flags=msgs.FLAG_NO_SCRIPT)
    def evalsha(self, digest: bytes, key_count: int, *rest: bytes) -> Any:
        script = SCRIPTS.get(digest.decode())
        if script is None:
            raise SimpleError(msgs.NO_MATCHING_SCRIPT_MSG)
        return script(self.call, rest[:key_count], rest[key_count:])

    @command(name="EVAL", fixed=(bytes, Int), repeat=(bytes,), flags=msgs.FLAG_NO_SCRIPT)
    def eval(self, script: bytes, key_count: int, *rest: bytes) -> Any:
        return self.evalsha(self.script_load(script), key_count, *rest)

    @command(name="SCRIPT LOAD", fixed=(bytes,), flags=msgs.FLAG_NO_SCRIPT)
    def script_load(self, script: bytes) -> bytes:
        digest = sha1(script).hexdigest()
        if digest not in SCRIPTS:
            raise SimpleError(UNKNOWN)
        return digest.encode()

    @command(name="SCRIPT EXISTS", fixed=(bytes,), repeat=(bytes,), flags=msgs.FLAG_NO_SCRIPT)
    def script_exists(self, *digests: bytes) -> list[int]:
        return [int(digest.decode() in SCRIPTS) for digest in digests]

    def call(self, name: str, *arguments: bytes) -> Any:
        """Run another command, as `redis.call` does in a script."""
        function, signature = self._name_to_func(name)
        result = self._run_command(function, signature, list(arguments), True)
        if isinstance(result, SimpleError):
            raise result
        return result


def release_lock(call: Callable[..., Any], keys: Sequence[bytes], args: Sequence[bytes]) -> int:
    """redis-py's Lock.release: delete the lock if it is still ours."""
    if call("get", keys[0]) != args[0]:
        return 0
    call("del", keys[0])
    return 1


def extend_lock(call: Callable[..., Any], keys: Sequence[bytes], args: Sequence[bytes]) -> int:
    """redis-py's Lock.extend: add milliseconds to the lock, or give it new ones, if it is ours."""
    if call("get", keys[0]) != args[0]:
        return 0
    left = call("pttl", keys[0])
    if left < 0:
        return 0
    call("pexpire", keys[0], args[1] if args[2] != b"0" else _number(int(args[1]) + left))
    return 1


def reacquire_lock(call: Callable[..., Any], keys: Sequence[bytes], args: Sequence[bytes]) -> int:
    """redis-py's Lock.reacquire: let the lock last as long as at its beginning, if it is ours."""
    if call("get", keys[0]) != args[0]:
        return 0
    call("pexpire", keys[0], args[1])
    return 1


def refresh_binding(call: Callable[..., Any], keys: Sequence[bytes], args: Sequence[bytes]) -> None:
    """kombu's REFRESH_BINDING: add a queue to an exchange, and put its deadline off."""
    call("sadd", keys[0], args[0])
    call("zadd", keys[1], b"GT", _number(_now_ms() + int(args[2])), args[1])


def sweep_bindings(call: Callable[..., Any], keys: Sequence[bytes], args: Sequence[bytes]) -> int:
    """kombu's SWEEP_BINDINGS: forget exchanges that no consumer has refreshed in time."""
    limits = (b"-inf", _number(_now_ms()), b"LIMIT", b"0", args[2])
    overdue = call("zrangebyscore", keys[0], *limits)
    for exchange in overdue:
        if not call("exists", args[1] + exchange):
            call("del", args[0] + exchange)
        call("zrem", keys[0], exchange)
    return len(overdue)


def _now_ms() -> int:
    return int(time.time() * 1000)


def _number(value: int) -> bytes:
    return str(value).encode()


SCRIPTS: dict[str, Callable[..., Any]] = {
    "c3f8721cbb97f72bc19e972846bd7aaf91901658": release_lock,
    "a4e8783852e6b949f9ef3a97212805108459a890": extend_lock,
    "1cac51482acf5858da00f6d685d68f886cd6b6b2": reacquire_lock,
    "ef7a9e205fbaf46bf959e1522ff796622fc676c7": refresh_binding,
    "9a2b966a0a2d2d0e36ec32bc30fc89342b94a4bf": sweep_bindings,
}
