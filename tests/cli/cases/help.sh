ketch help
ketch --help | cmp - <(ketch help) && echo same
ketch help draw
for command in run check info draw plan gates bench help completion; do
    ketch help $command | cmp - <(ketch $command --help) && echo same
done
ketch help run | awk 'length > 80 { print "too long: " $0 }'
