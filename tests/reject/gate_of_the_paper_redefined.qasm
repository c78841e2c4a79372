OPENQASM 2.0;
include "qelib1.inc";
gate cx a, b { h b; cz a, b; h b; }
