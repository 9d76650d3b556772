from subprocess import call
import os as operating
from os import system
def f(r):
    operating.system("x")
    system("y")
    call("x", shell=True)
@bp.route("/x")
@login
def g(r):
    operating.system("x")
    system("y")
    call("x", shell=True)
    import subprocess as sp
    sp.check_output("a", shell=True)
async def h(q):
    eval(q)
@app.route("/y")
async def k():
    os.system("z")
lambda p: eval(p)
