"""What a hostile visitor may send instead of an HTTP request, or of a websocket's handshake."""

import random
import uuid

HOST = b"127.0.0.1"
TOKEN = b"abcdefghijklmnopqrstuvwxyz012345"
# Cookie and header agree: enough for Django's CSRF check, so that the request reaches the view.
TOKEN_COOKIE = b"Cookie: csrftoken=" + TOKEN
AGREEING = [TOKEN_COOKIE, b"X-CSRFToken: " + TOKEN]
FORM = b"application/x-www-form-urlencoded"
POST_PATH = b"/check-status/"
MARKUP = b"<script>alert(1)</script>"


def request(
    line: bytes, *headers: bytes, body: bytes = b"", host: bytes = HOST, sized: bool = True
) -> bytes:
    """Return a request that asks the server to close after it; `sized`: with its true length."""
    lines = [line, b"Host: " + host, b"Connection: close", *headers]
    if body and sized:
        lines.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def get(path: bytes, *headers: bytes, host: bytes = HOST) -> bytes:
    return request(b"GET " + path + b" HTTP/1.1", *headers, host=host)


def post(*headers: bytes, body: bytes = b"", path: bytes = POST_PATH, sized: bool = True) -> bytes:
    return request(b"POST " + path + b" HTTP/1.1", *headers, body=body, sized=sized)


def odd_method(rng: random.Random) -> bytes:
    names = [b"TRACE", b"CONNECT", b"PROPFIND", b"PUT", b"DELETE", b"OPTIONS", b"PATCH", b"get"]
    names += [b"G\x00T", b"GET/", b"<b>", b"", b"A" * rng.randint(100, 9000), b"\xff\xfe", b"HEAD"]
    paths = [b"/", POST_PATH, b"/live/", b"/admin/", b"*", b"example.org:443"]
    return request(rng.choice(names) + b" " + rng.choice(paths) + b" HTTP/1.1", *AGREEING)


def huge_header(rng: random.Random) -> bytes:
    size = rng.choice([4_000, 17_000, 66_000, 300_000])
    name = rng.choice([b"X-Long: ", b"Cookie: sessionid=", b"User-Agent: ", b"Referer: http://"])
    return get(b"/", name + b"a" * size)


def many_headers(rng: random.Random) -> bytes:
    return get(b"/", *(b"X-%d: x" % number for number in range(rng.choice([90, 150, 600, 3000]))))


def broken_header(rng: random.Random) -> bytes:
    lines = [b"no colon here", b": no name", b"X\x00Y: z", b"X: \x00", b" folded: x", b"X : y"]
    lines += [b"X: \xff\xfe\xfd", b"X:\r", b"Content_Length: 5", b"\xc3\xa4: x", b"X: \x0b\x0c\x1c"]
    return get(rng.choice([b"/", b"/live/", b"/admin/"]), *rng.choices(lines, k=2))


def path_trick(rng: random.Random) -> bytes:
    parts = [b"..", b".", b"%2e%2e", b"%2f", b"%5c", b"\\", b"%00", b"%0d%0aX:y", b"%ff%fe", b""]
    parts += [b"%ED%A0%80", b"%", b"%zz", b"static", b"check-status", b"admin", b"\xc3\xa4", b"~"]
    parts += [b"etc", b"passwd", b"config", b"settings.py", b"a" * 300, b";x=y", b"%252e%252e"]
    start = rng.choice([b"/", b"//", b"/static/", b"/admin/", b"/live/", POST_PATH, b""])
    return get(start + b"/".join(rng.choices(parts, k=rng.randint(1, 8))))


def odd_target(rng: random.Random) -> bytes:
    targets = [b"*", b"", b"?", b"#", b"http://elsewhere.example/", b"http://[::1", b"//x:99999/"]
    targets += [b"/" + b"a" * 70_000, b"/?" + b"q=%ff&" * 3000, b"/ /", b"/\t", b"x y z", b"/\x01"]
    targets += [b"http://127.0.0.1:abc/", b"ftp://127.0.0.1/", b"/?\x80\x81=\x82", b"/;/?;#"]
    return get(rng.choice(targets))


def bad_task_id(rng: random.Random) -> bytes:
    good = str(uuid.UUID(int=rng.getrandbits(128))).encode()
    odd = [good, good.upper(), good[:-1], good + b"0", good.replace(b"-", b""), b"{" + good + b"}"]
    odd += [good.replace(b"-", b"%2d"), good + b"%00", good + b"%2f.."]
    odd += [good[:8] + b"\xff" + good[9:], b"urn:uuid:" + good, b"0" * 5000, b"%3Cscript%3E", b"1"]
    odd += [b"-1", b"None", b"' OR 1=1--"]
    path = POST_PATH + rng.choice(odd) + rng.choice([b"/", b"", b"//", b"/?x=" + good])
    verb = rng.choice([b"GET ", b"GET ", b"POST ", b"HEAD ", b"DELETE "])
    return request(verb + path + b" HTTP/1.1", *AGREEING)


def bad_cookie(rng: random.Random) -> bytes:
    values = [b"a" * 32, b"a" * 8000, b"../../etc/passwd", b'"unclosed', b"%00", b"\x00"]
    values += [b"\xff\xfe", b"' OR 1=1--", b"", b"=", b";;;", b"a\tb", b'"\\777\\"', MARKUP]
    values += [b"\xc3\xa4", b"{}"]
    names = [b"sessionid", b"csrftoken", b"messages", b"", b"__Host-", b"\xff", b"sessionid;"]
    pairs = [rng.choice(names) + b"=" + rng.choice(values) for _ in range(rng.choice([1, 2, 60]))]
    cookie = b"Cookie: " + b"; ".join(pairs)
    path = POST_PATH + str(uuid.UUID(int=rng.getrandbits(128))).encode() + b"/"
    if rng.random() < 0.3:
        return post(cookie, b"X-CSRFToken: " + rng.choice(values))
    return get(rng.choice([b"/", path, b"/live/", b"/admin/login/"]), cookie)


def bad_content_type(rng: random.Random) -> bytes:
    parts, boundary = b"multipart/form-data", b"multipart/form-data; boundary="
    types = [parts, boundary, b"text/html", b"", b"/", b";", boundary + b"b" * 300]
    types += [b"application/json; charset=utf-16"]
    types += [boundary + b"x; charset=" + rng.choice([b"no-such", b"zlib", b"%"])]
    types += [FORM + b"; charset=" + rng.choice([b"zlib", b"utf-7", b"idna", b"\xff", b"'"])]
    types += [b"multipart/mixed; boundary=x", b"a" * 5000, b"\xff/\xfe"]
    part = b"--x\r\nContent-Disposition: form-data; name="
    bodies = [part + b"a\r\n\r\n1\r\n--x--\r\n", b"--x", b"a=%ff"]
    bodies += [part + b"f; filename=../../x\r\n\r\n1\r\n--x--\r\n"]
    bodies += [b"--x\r\nContent-Transfer-Encoding: base64\r\n\r\n!\r\n--x--"]
    bodies += [rng.randbytes(500), b"{"]
    # Half of them without a token in the headers: Django then reads the body in search of one.
    headers = AGREEING if rng.random() < 0.5 else [TOKEN_COOKIE]
    path = rng.choice([POST_PATH, POST_PATH, b"/admin/login/"])
    kind = b"Content-Type: " + rng.choice(types)
    return post(kind, *headers, body=rng.choice(bodies), path=path)


def big_form(rng: random.Random) -> bytes:
    bodies = [b"a=1&" * 1500, b"a=" + b"x" * 3_000_000, b"&" * 100_000]
    bodies += [b"csrfmiddlewaretoken=" * 999]
    return post(b"Content-Type: " + FORM, TOKEN_COOKIE, body=rng.choice(bodies))


def broken_chunking(rng: random.Random) -> bytes:
    bodies = [b"5\r\nhello\r\n0\r\n\r\n", b"zz\r\nhello\r\n", b"-5\r\nhello\r\n0\r\n\r\n"]
    bodies += [b"5\r\nhe", b"FFFFFFFFFFFFFFFFFF\r\nx"]
    bodies += [b"5;" + b"e" * 9000 + b"\r\nhello\r\n0\r\n\r\n", b"\r\n"]
    bodies += [b"5\r\nhelloworld\r\n0\r\n\r\n", b"0\r\nTrailer: x\r\n\r\n"]
    bodies += [b"0x5\r\nhello\r\n0\r\n\r\n"]
    kinds = [b"chunked", b"Chunked", b"gzip, chunked", b"identity", b"\x0bchunked", b"x"]
    coding = b"Transfer-Encoding: " + rng.choice(kinds)
    extra = [b"Content-Length: 3"] if rng.random() < 0.3 else []
    return post(coding, *extra, *AGREEING, body=rng.choice(bodies), sized=False)


def length_that_lies(rng: random.Random) -> bytes:
    lengths = [b"-1", b"abc", b"9" * 30, b"5, 5", b"+3", b"0x3", b"", b"1e3", b"3 ", b"100"]
    lengths += [b"\xb2"]
    headers = [b"Content-Length: " + one for one in rng.choices(lengths, k=rng.choice([1, 1, 2]))]
    return post(*headers, *AGREEING, body=b"a=1", sized=False)


def odd_host(rng: random.Random) -> bytes:
    hosts = [b"elsewhere.example", b"", b"localhost:abc", b"[::1", b"127.0.0.1, x", b"a" * 3000]
    hosts += [b"\xff", b"localhost@evil", b"127.0.0.1:99999", b"<script>", b"..", b"localhost\x00"]
    forwarded = [b"X-Forwarded-Host: elsewhere.example", b"X-Forwarded-Proto: \xff"]
    forwarded += [b"Forwarded: ;", b"X-Forwarded-For: " + MARKUP, b"Host: second.example"]
    path = rng.choice([b"/", b"/admin/login/", b"/live", b"/check-status"])
    return get(path, rng.choice(forwarded), host=rng.choice(hosts))


def admin_question(rng: random.Random) -> bytes:
    queries = [b"?next=//elsewhere.example", b"?next=javascript:alert(1)", b"?o=9.-9&p=x", b"?%00"]
    queries += [b"?next=" + b"/" * 9000, b"?q=" + MARKUP, b"?id__exact=x", b"?next=\xff", b"?e=1"]
    paths = [b"/admin/", b"/admin/login/", b"/admin/auth/user/1%00/", b"/admin/jsi18n/"]
    paths += [b"/admin/x/", b"/admin/django_celery_results/taskresult/", b"/admin/r/9/x/"]
    paths += [b"/admin/logout/"]
    return get(rng.choice(paths) + rng.choice(queries))


def login_with_junk(rng: random.Random) -> bytes:
    values = [MARKUP, b"%00", b"a" * 5000, b"%ff", b"demo", b"' OR 1=1--", b"", b"%F0%9F%92%A3"]
    fields = b"username=" + rng.choice(values) + b"&password=" + rng.choice(values)
    body = fields + b"&csrfmiddlewaretoken=" + TOKEN
    return post(b"Content-Type: " + FORM, TOKEN_COOKIE, body=body, path=b"/admin/login/")


def conditional_nonsense(rng: random.Random) -> bytes:
    values = [b"x", b"Thu, 99 Foo 9999 99:99:99 GMT", b"Mon, 01 Jan 0001 00:00:00 GMT", b"\xff"]
    values += [b"bytes=9-1", b"bytes=0-" + b"9" * 40, b'W/"x"', b"-1", b"*"]
    names = [b"If-Modified-Since: ", b"Range: ", b"If-None-Match: ", b"Accept: ", b"Expect: "]
    names += [b"Accept-Language: ", b"Accept-Encoding: ", b"Upgrade: ", b"HX-Request: "]
    return get(b"/static/style.css", rng.choice(names) + rng.choice(values))


def no_http_at_all(rng: random.Random) -> bytes:
    tls = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + rng.randbytes(200)
    other = [tls, b"SSH-2.0-x\r\n", b"\r\n\r\n\r\n", b"\x00" * 100, rng.randbytes(2000), b"GET"]
    other += [b"GET / HTTP/9.9\r\n\r\n", b"GET /\r\n\r\n", b"GET / HTTP/1.0\r\n\r\n"]
    other += [b"*1\r\n$4\r\nPING\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"]
    other += [b"GET / HTTP/1.1 x\r\n\r\n", b"GET / FTP/1.1\r\n\r\n"]
    return rng.choice(other)


def request_cut_short(rng: random.Random) -> bytes:
    whole = post(*AGREEING, b"Content-Type: " + FORM, body=b"a=1&b=2&c=3")
    return whole[: rng.randint(1, len(whole) - 1)]


SOCKET_LINE = b"GET /ws/status HTTP/1.1"
RIGHT_HEADERS = {
    b"Host": HOST,
    b"Origin": b"http://127.0.0.1",
    b"Upgrade": b"websocket",
    b"Connection": b"Upgrade",
    b"Sec-WebSocket-Key": b"dGhlIHNhbXBsZSBub25jZQ==",
    b"Sec-WebSocket-Version": b"13",
}
WRONG_VALUES = (
    *(b"", b"x", b"null", b"\xff", b"99", b"http://elsewhere.example"),
    *(b"a" * 5000, b"http://["),
)
WRONG_PATHS = (
    *(b"/ws/status/", b"/ws/%ff", b"/ws/%00", b"/", b"/ws/status?" + b"a" * 5000, b"/ws/.."),
    *(b"/ws//status", b"/ws/status%2f", b"*", b"/ws/\xff", b"ws://x/ws/status", b"/live/"),
)
MORE_NAMES = (b"Sec-WebSocket-Protocol", b"Sec-WebSocket-Extensions", b"Cookie", b"Content-Length")
MORE_VALUES = (
    *(b"a,,b", b"\xff", b"permessage-deflate; server_max_window_bits=99", b"x" * 3000),
    *(b"sessionid=\xff", b"sessionid=%00"),
)


def bare_request(line: bytes, headers: dict[bytes, bytes]) -> bytes:
    """Return a request of these headers alone."""
    return b"\r\n".join([line, *(b"%b: %b" % pair for pair in headers.items())]) + b"\r\n\r\n"


def handshake(rng: random.Random) -> bytes:
    """Return a handshake with one thing wrong, or cut short."""
    headers, line = dict(RIGHT_HEADERS), SOCKET_LINE
    trouble = rng.choice(["changed", "missing", "line", "cut", "extra"])
    if trouble == "changed":
        headers[rng.choice(list(headers))] = rng.choice(WRONG_VALUES)
    elif trouble == "missing":
        del headers[rng.choice(list(headers))]
    elif trouble == "line":
        method = rng.choice([b"GET ", b"GET ", b"POST "])
        line = method + rng.choice(WRONG_PATHS) + b" HTTP/1.1"
    elif trouble == "extra":
        headers[rng.choice(MORE_NAMES)] = rng.choice(MORE_VALUES)
    whole = bare_request(line, headers)
    return whole[: rng.randint(1, len(whole) - 1)] if trouble == "cut" else whole


MAKERS = (
    *(odd_method, huge_header, many_headers, broken_header, path_trick, path_trick, odd_target),
    *(bad_task_id, bad_task_id, bad_cookie, bad_content_type, bad_content_type, big_form),
    *(broken_chunking, length_that_lies, odd_host, admin_question, login_with_junk),
    *(conditional_nonsense, no_http_at_all, request_cut_short),
)
HANDSHAKES = (handshake,) * 4
