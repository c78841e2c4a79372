OPENQASM 3.0;
include "stdgates.inc";
int v = 1;
gate a(t) q { for int i in [0:t] { x q; } }
gate b q { for int i in [0:v] { x q; } }
gate c q { for int i in [0:2] for int j in [0:i:2] { x q; } }
gate d q { for int i in [0:1] { int j; } }
gate e q { for int i in [0:1] { rx(i) i; } rx(i) q; }
gate f q { for int i in [1:2] ctrl(i) @ x q; }
gate g q { for int i in [1:2] { break; measure q; } }
