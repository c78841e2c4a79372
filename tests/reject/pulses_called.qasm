OPENQASM 3.0;
defcalgrammar "openpulse";
defcal zx90 $0, $1 { play drive($0), gaussian(100, 30, 5); }
zx90 $0, $1;
