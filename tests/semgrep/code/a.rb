eval(x)
eval x
system("ls")
Kernel.system("x")
def a
  eval("y", 1)
end
