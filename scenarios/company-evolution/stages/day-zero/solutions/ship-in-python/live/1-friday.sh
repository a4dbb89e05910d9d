# A new folder beside the old one, which is kept; the two change places in between.
set -eu
ssh web1 mkdir friday
git archive friday >friday.tar
scp -q friday.tar web1:friday/
rm friday.tar
ssh web1 'cd friday && tar -xf friday.tar && rm friday.tar && cd .. && mv app month-ago && mv friday app && ./restart'
