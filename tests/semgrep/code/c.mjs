import { exec as run } from 'child_process';
import cp from 'node:child_process';
run('a');
cp.exec('b');
export class A { m() { eval(this.x); } }
async function z() { await eval(q); }
