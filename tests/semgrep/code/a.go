package main

import (
	"crypto/md5"
	"crypto/tls"
	"net/http"
	"os/exec"
)

func main() {
	c := &tls.Config{InsecureSkipVerify: true}
	d := tls.Config{MinVersion: 1, InsecureSkipVerify: true}
	e := tls.Config{InsecureSkipVerify: false}
	exec.Command("sh", "-c", x)
	exec.Command("sh", "-c", "ls")
	exec.Command("sh", "-c", "ls "+x)
	exec.Command("ls", x)
	h := md5.New()
	md5.Sum(b)
}

func handle(w http.ResponseWriter, r *http.Request) {
	r.FormValue("a")
	q := r
	q.FormValue("b")
	w.FormValue("c")
}
func (s *S) m(req *http.Request, other *Other) {
	req.FormValue("a")
	other.FormValue("b")
}
