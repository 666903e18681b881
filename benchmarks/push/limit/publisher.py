"""Publishes a status each time the benchmark asks for one: `python -m … REDIS_URL`."""

import sys

from redis import Redis

from benchmarks.push.limit import CHANNEL
from benchmarks.push.load_task import each_stamp

if __name__ == "__main__":
    client = Redis.from_url(sys.argv[1])
    print(" ready.", flush=True)
    for stamp in each_stamp(sys.argv[1]):
        client.publish(CHANNEL, f'<span id="status">RUNNING {stamp}</span>\n')
