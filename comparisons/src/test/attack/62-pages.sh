# The server of pages: requests that never end, paths that climb out, links, pipes, devices, other names, scripts in a run.
. "$HERE/common.sh"
run_folder=$SCRATCH/run
mkdir -p "$run_folder/tasks"
echo secret >"$SCRATCH/secret.txt"
printf '{"finalLoss": 1, "provenance": {"command": "<!--<script>"}}' >"$run_folder/summary.json"
printf '<script>alert(1)</script>' >"$run_folder/index.html"
printf "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>" >"$run_folder/fig.svg"
echo hidden >"$run_folder/.hidden"
ln -s "$SCRATCH/secret.txt" "$run_folder/link.png"
ln -s /dev/zero "$run_folder/device.png"
ln -s "$SCRATCH/secret.txt" "$run_folder/aa.svg"
mkfifo "$run_folder/pipe.png" "$run_folder/a.svg"
truncate -s 3G "$run_folder/large.npz"
: >"$SCRATCH/address"
"$LAUNCHER" report "$run_folder" --serve >"$SCRATCH/address" 2>"$SCRATCH/log" &
server=$!
tries=0
while ! grep -q http "$SCRATCH/address" && [ $tries -lt 60 ]; do
    sleep 1
    tries=$((tries + 1))
done
python3 - "$(cat "$SCRATCH/address")" >"$SCRATCH/lines" <<'P'
import http.client, re, socket, sys, urllib.parse
at = urllib.parse.urlparse(sys.argv[1])
host, port = at.hostname, at.port
def say(what, holds):
    print(("ok " if holds else "no ") + what)
def raw(text, wait=5):
    with socket.create_connection((host, port), timeout=wait) as s:
        s.sendall(text)
        data = b""
        try:
            while True:
                more = s.recv(65536)
                if not more:
                    return data
                data += more
        except TimeoutError:
            return data
def get(path, method="GET", **headers):
    c = http.client.HTTPConnection(host, port, timeout=10)
    c.request(method, path, headers=headers)
    r = c.getresponse()
    return r.status, dict((k.lower(), v) for k, v in r.getheaders()), (r.read(1 << 20) if method == "GET" else b"")
stuck = [socket.create_connection((host, port)) for _ in range(16)]
for i, s in enumerate(stuck):
    s.sendall(b"GET / HTTP/1.1\r\nHost: localh"[: 5 + i])
status, headers, body = get("/")
say("a page beside 16 requests that never end", status == 200)
say("the page has a policy", "script-src 'sha256-" in headers.get("content-security-policy", "") and "frame-ancestors 'none'" in headers["content-security-policy"])
say("no type is guessed", headers.get("x-content-type-options") == "nosniff")
say("nothing of a link is in the page", b"secret" not in body)
scripts = re.findall(rb"<script[^>]*>(.*?)</script>", body, re.S)
say("no script holds a comment's start", not any(b"<!--" in s for s in scripts))
status, headers, body = get("/run/1/")
say("a run's own script is not in the policy", status == 200 and "unsafe-inline'; script" not in headers["content-security-policy"] and "script-src 'sha256-" in headers["content-security-policy"])
status, headers, body = get("/run/1/fig.svg")
say("a picture is sandboxed", "sandbox" in headers.get("content-security-policy", ""))
for name in ["link.png", "device.png", "pipe.png", "aa.svg", "a.svg", ".hidden", "tasks", "tasks/", "missing", "%2e%2e/secret.txt", "..%2fsecret.txt", "..%5csecret.txt", "%00", "fig.svg%00.png", "//etc/passwd"]:
    status, headers, body = get("/run/1/" + name)
    say("not served: " + name, status in (400, 404) and b"secret" not in body and b"hidden" not in body)
for path in ["/../secret.txt", "/run/1/../../secret.txt", "/run/0/fig.svg", "/run/2/fig.svg", "/run/-1/fig.svg", "/run/99999999999/fig.svg", "/run/1/../1/.hidden", "/etc/passwd"]:
    answer = raw(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    say("not served: " + path, answer.startswith(b"HTTP/1.1 404") and b"secret" not in answer)
for name in ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "", "localhost@evil.example"]:
    answer = raw(f"GET / HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n".encode())
    say("refused under the name '" + name + "'", answer[:12] in (b"HTTP/1.1 403", b"HTTP/1.1 400"))
for method in ["POST", "PUT", "DELETE", "OPTIONS", "TRACE"]:
    answer = raw(f"{method} / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
    say(method + " is refused", b" 405 " in answer[:20] or b" 400 " in answer[:20])
status, headers, body = get("/run/1/large.npz", "HEAD")
say("three gigabytes have their length", headers.get("content-length") == str(3 << 30))
status, headers, body = get("/run/1/large.npz")
say("three gigabytes are sent", len(body) == 1 << 20)
for junk in [b"\0\0\0\0\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"A" * 70000 + b"\r\n\r\n", b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 3000 + b"\r\n"]:
    try:
        raw(junk, 2)
    except OSError:
        pass
    say("a page after junk", get("/")[0] == 200)
for s in stuck:
    s.settimeout(30)
closed = 0
for s in stuck:
    try:
        closed += s.recv(1000) is not None
    except OSError:
        closed += isinstance(sys.exc_info()[1], ConnectionError)
say("requests that never end are given up", closed == len(stuck))
P
kill "$server" 2>/dev/null
wait "$server" 2>/dev/null
while read -r outcome what; do
    attack "$what" test "$outcome" = ok
done <"$SCRATCH/lines"
attack "the server was asked to the end" test "$(wc -l <"$SCRATCH/lines")" -ge 45
report
