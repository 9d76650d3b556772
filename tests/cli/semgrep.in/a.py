frob(1)
