import requests, hashlib, yaml
import requests as rq
from requests import get as fetch
from hashlib import md5
ALG = "md5"
requests.get(u, verify=False)
requests.get(u, timeout=3, verify=False)
rq.post(u, data=d, verify=False)
fetch(u, verify=False)
requests.get(u)
requests.get(u, verify=True)
hashlib.md5(x)
md5(x)
hashlib.new("md5")
hashlib.new(ALG, x)
hashlib.new("SHA1")
hashlib.new("sha256")
yaml.load(f)
yaml.load(f, Loader=yaml.SafeLoader)
yaml.load(f, yaml.SafeLoader)
yaml.load(f, Loader=yaml.Loader)
DB_PASSWORD = "hunter22"
db_token = "x"
password = get_password()
class C:
    secret = "abcdefgh"
    def f(self):
        self.api_token = "abcdefgh"
try:
    x()
except:
    pass
try:
    x()
except Exception:
    pass
if a == a:
    pass
if a.b(1) == a.b(1): pass
if a == b: pass
open("x")
with open("x") as f:
    open("y")
