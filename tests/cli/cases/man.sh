# The man page is made from the same tables as help, and has no mistakes.
command -v scdoc > /dev/null && command -v mandoc > /dev/null || { echo 'scdoc or mandoc is missing'; exit 77; }
ketch help man | scdoc > ketch.1 || exit 1
mandoc -T lint -W error ketch.1
for option in $(ketch help run | grep -o -- '--[a-z-]*' | sort -u); do
    mandoc -T utf8 ketch.1 | col -b | grep -q -- "$option" || echo "no $option"
done
