cat >>tests/unit/our_shop.py <<'PY'
ROOM = ROOT / "tests" / "room"
PY
sed -e 's/SCARCE, Shop/ROOM, SCARCE, Shop/' -e 's/    process, url = .*/    ROOM.mkdir()\
    process, url = start(ROOM)/' tests/unit/conftest.py >new
printf '    __import__("shutil").rmtree(ROOM)\n' >room
sed '/^    process.wait()/r room' new >tests/unit/conftest.py
rm new room
