class A { void M() { var m = MD5.Create(); using (var x = MD5.Create()) {} SHA1.Create(); } }
