import os

import pager
from pager import send as page


def on_fire(building):
    page("on fire: " + building, params={"key": os.environ["PAGER_KEY"], "team": "ops"})


def status(request):
    query = "?key=" + os.environ["PAGER_KEY"]
    pager.open("https://pager.example.com/status" + query)
    return pager.render(request, template="status")


def report(cursor, day):
    rows = cursor.run("select * from alerts where day = '%s'" % day)
    return rows
