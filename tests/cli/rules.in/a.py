frob(3)
