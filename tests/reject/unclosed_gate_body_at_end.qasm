OPENQASM 2.0;
include "qelib1.inc";
gate pair a, b {
  h a;
