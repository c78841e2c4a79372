OPENQASM 3.0;
array[int[8], 4] table = {1, 2, 3, 4};
qubit q;
