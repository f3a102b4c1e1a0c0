/**
 * The program that moves objects between a store and a folder, run by the Python of a container on the managed host, so that the
 * bytes do not pass the control node. Standard library of Python 3.6. It reads one JSON document: `jobs` with key, url and, where it
 * is known, sha256 and etag. It prints a line of JSON for each object: key, size and sha256, or key and error. What it fetched is noted
 * in the folder, in .qplay-sums: SHA-256, the store's ETag, name.
 *
 * A file is written beside its place and moved there, so what is cut off leaves nothing half. Keys that lead out of the folder are refused.
 */
export const COPIER = `
import concurrent.futures, hashlib, json, os, ssl, sys, urllib.request
task = json.load(sys.stdin)
root = "/objects"
context = ssl.create_default_context()
if not task["verify"]:
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE

def place(key):
    path = os.path.normpath(os.path.join(root, key))
    if not path.startswith(root + "/"):
        raise ValueError("the name of this object leads out of the folder")
    return path

def pieces(file, sums):
    while True:
        piece = file.read(1 << 20)
        if not piece:
            return
        for one in sums:
            one.update(piece)
        yield piece

def get(job, sums):
    path = place(job["key"])
    os.makedirs(os.path.dirname(path), exist_ok=True)
    part = path + ".qplay-part"
    with urllib.request.urlopen(job["url"], timeout=120, context=context) as answer, open(part, "wb") as file:
        for piece in pieces(answer, sums):
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)
    return os.path.getsize(path)

def put(job, sums):
    path = place(job["key"])
    with open(path, "rb") as file:
        for _ in pieces(file, sums):
            pass
    wanted = job.get("sha256")
    if wanted and sums[0].hexdigest() != wanted:
        raise ValueError("the file is not what was saved: its SHA-256 differs")
    with open(path, "rb") as file:
        size = os.path.getsize(path)
        request = urllib.request.Request(job["url"], data=file, method="PUT", headers={"Content-Length": str(size)})
        with urllib.request.urlopen(request, timeout=600, context=context) as answer:
            tag = (answer.headers.get("ETag") or "").strip('"')
    if tag and "-" not in tag and tag != sums[1].hexdigest():
        raise ValueError("the store keeps other bytes than were sent")
    return size

def run(job):
    sums = (hashlib.sha256(), hashlib.md5())
    try:
        size = (get if task["direction"] == "to_folder" else put)(job, sums)
        return {"key": job["key"], "size": size, "sha256": sums[0].hexdigest()}
    except Exception as error:
        return {"key": job["key"], "error": str(error) or type(error).__name__}

SUMS = os.path.join(root, ".qplay-sums")

def known():
    try:
        with open(SUMS, encoding="utf-8") as file:
            return {key: (sha256, etag) for sha256, etag, key in (line[:-1].split(" ", 2) for line in file if line.endswith("\\n"))}
    except FileNotFoundError:
        return {}

def files():
    sums = known()
    for folder, _, names in os.walk(root):
        for name in names:
            path = os.path.join(folder, name)
            key = os.path.relpath(path, root)
            if path != SUMS and not name.endswith(".qplay-part"):
                sha256, etag = sums.get(key, ("", ""))
                yield {"key": key, "size": os.path.getsize(path), "sha256": sha256, "etag": etag}

if task["direction"] == "list":
    for one in files():
        print(json.dumps(one))
else:
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        done = list(pool.map(run, task["jobs"]))
    if task["direction"] == "to_folder":
        with open(SUMS, "a", encoding="utf-8") as file:
            tags = {job["key"]: job.get("etag") or "-" for job in task["jobs"]}
            file.writelines("%s %s %s\\n" % (one["sha256"], tags[one["key"]], one["key"]) for one in done if "sha256" in one)
            file.flush()
            os.fsync(file.fileno())
    for one in done:
        print(json.dumps(one))
`;
