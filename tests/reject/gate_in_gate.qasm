OPENQASM 3.0;
include "stdgates.inc";
gate outer a { gate inner b { h b; } inner a; }
