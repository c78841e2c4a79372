ketch gates | head -n 1
ketch gates | grep -c '^'
ketch gates cx h
ketch gates --param theta=pi/3 rx
ketch gates u1 nothing
echo "exit $?"
ketch gates --format jsonl swap
