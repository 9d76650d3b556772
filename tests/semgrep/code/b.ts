import { exec } from 'child_process';
import * as cp from 'child_process';
function f(x: string): void {
  eval(x);
  eval("1");
  exec(x);
  cp.exec(x);
}
