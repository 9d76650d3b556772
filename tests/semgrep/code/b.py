import flask, os, subprocess, shlex
from flask import Flask, request
import flask as fl
app = Flask(__name__)
app.run(debug=True)
app.run(host="0.0.0.0", debug=True)
app.run()
def main():
    other = flask.Flask("x")
    other.run("h", 80, debug=True)
@app.route("/a")
def a():
    os.system("ls")
    if x:
        subprocess.call("a", shell=True)
    subprocess.call("a")
    return request.args
def plain():
    os.system("ls")
@app.route("/b", methods=["POST"])
def b():
    cmd = request.args.get("c")
    os.system(cmd)
    os.system("ls " + cmd)
    os.system(f"ls {cmd}")
    os.system(shlex.quote(cmd))
    safe = shlex.quote(cmd)
    os.system("ls " + safe)
    subprocess.run(cmd, shell=True)
    subprocess.run(cmd)
    subprocess.run(["a", cmd], shell=True)
    data = request.form["x"]
    os.system(data)
    y = data.strip()
    os.system(y)
    for part in data.split(","):
        os.system(part)
    os.system(helper(cmd))
    return flask.request.json
def helper(v):
    return v
def ev(p, q=1):
    eval(p)
    z = q + 1
    eval(z)
    eval("1")
class K:
    def m(self, s):
        eval(s)
def sql(c, x):
    c.execute("select %s" % x)
    c.execute("select {}".format(x))
    c.execute(f"select {x}")
    c.execute("select " + x)
    c.execute("select %s", (x,))
    self.cur.execute("a" + b + c)
urlopen("http://a")
urlopen("https://a")
U = "http://b"
urlopen(U)
